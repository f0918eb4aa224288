package dev.oaiproxy.ledger.store;

/**
 * What a process is called while it uses the database.
 *
 * @param number that of its calls, 0 to 1023; others had it before, and will have it again
 * @param incarnation drawn when the number was taken, and never again
 */
record NodeId(int number, long incarnation) {}
