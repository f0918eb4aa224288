package dev.oaiproxy.ledger.store;

/** How the calls of a {@link RandomProgram} come. */
enum CallScenario {
    ONE_BY_ONE,

    /** To two nodes in turn, whose clock, the database's, never steps back. */
    TO_TWO_NODES,

    /** Many in one commit. */
    IN_BURSTS
}
