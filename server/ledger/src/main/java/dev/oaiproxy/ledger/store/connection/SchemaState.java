package dev.oaiproxy.ledger.store.connection;

/** How the tables of a database stand to those that this program knows. */
public sealed interface SchemaState {
    /** There are none. */
    record None() implements SchemaState {}

    /** There are some, and none is ours. */
    record Foreign() implements SchemaState {}

    /** As they should be. */
    record Current(int step) implements SchemaState {}

    /** Of an older program, and brought up to date at the next start. */
    record Older(int step, int newest) implements SchemaState {}

    /** What a copy that did not come to its end has left. */
    record Unfinished() implements SchemaState {}

    /**
     * Not to be touched.
     *
     * @param why in words, with what to do
     */
    record Doubtful(String why) implements SchemaState {}
}
