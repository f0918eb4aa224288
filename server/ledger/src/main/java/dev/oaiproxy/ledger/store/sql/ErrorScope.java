package dev.oaiproxy.ledger.store.sql;

/** What an error of a database means for the transaction it happened in: whose fault it is. */
public enum ErrorScope {
    /** The statement's: the transaction goes on without it. */
    STATEMENT,
    /** Of the moment: the whole transaction may be tried again. */
    TRANSIENT,
    /** The database's or the connection's: the transaction is lost. */
    FATAL
}
