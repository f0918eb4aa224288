package dev.oaiproxy.ledger.store;

/** The distribution of the calls of a {@link RandomProgram}. */
enum CallScenario {
    ONE_BY_ONE,

    /** One by one, with groups and several quotas on a scope. */
    WITH_GROUPS,

    /** To two nodes in turn, whose clock, the database's, never steps back. */
    TO_TWO_NODES,

    /** Many in one commit. */
    IN_BURSTS
}
