package dev.oaiproxy.ledger.store.connection;

/** The tables of a database, compared with those that this program knows. */
public sealed interface SchemaState {
    /** There are no tables. */
    record Empty() implements SchemaState {}

    /** All tables belong to another program. */
    record Foreign() implements SchemaState {}

    /** The tables are up to date. */
    record Current(int step) implements SchemaState {}

    /** The tables are of an older version; the next start brings them up to date. */
    record Older(int step, int newest) implements SchemaState {}

    /** A copy was not finished. */
    record Unfinished() implements SchemaState {}

    /**
     * The tables must not be touched.
     *
     * @param why in words, with what to do
     */
    record Doubtful(String why) implements SchemaState {}
}
