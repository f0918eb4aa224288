package dev.oaiproxy.ledger.store.sql;

/** The part of a transaction that an error of the database concerns. */
public enum ErrorScope {
    /** The statement alone: the transaction goes on without it. */
    STATEMENT,
    /** The moment: the whole transaction may be tried again. */
    TRANSIENT,
    /** The database or the connection: the transaction is lost. */
    FATAL
}
