package dev.oaiproxy.ledger.store.sql;

/** What a database server means that did not let somebody in, or do something. */
public enum ConnectError {
    WRONG_LOGIN,
    NO_DATABASE,
    /** Let in, but may not do what is needed. */
    NO_RIGHT,
    /** It wants an encrypted connection. */
    NO_ENCRYPTION,
    /** It has no encryption, or has a certificate that does not convince. */
    BAD_ENCRYPTION,
    /** All connections that it allows are taken. */
    FULL,
    /** It was not reached, which the driver says in words only. */
    UNREACHABLE,
    /** It takes nothing that is to be written. */
    READ_ONLY,
    /** What it has kept cannot be read. */
    DAMAGED,
    OTHER
}
