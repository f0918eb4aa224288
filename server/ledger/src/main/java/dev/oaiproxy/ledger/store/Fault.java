package dev.oaiproxy.ledger.store;

/** What an error of a database means for the transaction it happened in: whose fault it is. */
enum Fault {
    /** The statement's: the transaction goes on without it. */
    OWN,
    /** Of the moment: the whole transaction may be tried again. */
    PASSING,
    /** The database's or the connection's: the transaction is lost. */
    LASTING
}
