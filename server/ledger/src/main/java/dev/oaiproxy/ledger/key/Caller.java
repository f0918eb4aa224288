package dev.oaiproxy.ledger.key;

/** The identity of a client. */
public sealed interface Caller {
    /** The holder of a valid key. */
    record Known(Key key) implements Caller {}

    /** A client without a key of ours. */
    record Unknown() implements Caller {}

    /** The holder of a key that has been revoked, or whose user has been disabled. */
    record Revoked(KeyId id) implements Caller {}

    /** The holder of an expired key. */
    record Expired(KeyId id) implements Caller {}
}
