package dev.oaiproxy.ledger.store.sql;

/** The reason why a database server refused a connection, or the right to do something. */
public enum ConnectError {
    WRONG_LOGIN,
    NO_DATABASE,
    /** The user may not do what is needed. */
    NO_RIGHT,
    /** The server takes encrypted connections only. */
    NO_ENCRYPTION,
    /** The server has no encryption, or a certificate that is not trusted. */
    BAD_ENCRYPTION,
    /** All connections that the server allows are taken. */
    FULL,
    /** The server was not reached, which the driver says in words only. */
    UNREACHABLE,
    /** The server refuses writes. */
    READ_ONLY,
    /** Stored pages cannot be read. */
    DAMAGED,
    OTHER
}
