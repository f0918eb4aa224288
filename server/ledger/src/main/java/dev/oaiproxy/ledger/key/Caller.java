package dev.oaiproxy.ledger.key;

/** Who a client turned out to be. */
public sealed interface Caller {
    /** The holder of a key that works. */
    record Known(Key key) implements Caller {}

    /** Nobody: no key, or not one of ours. */
    record Unknown() implements Caller {}

    /** The holder of a key that has been revoked, or whose user has been disabled. */
    record Revoked(KeyId id) implements Caller {}

    /** The holder of a key whose time has passed. */
    record Expired(KeyId id) implements Caller {}
}
