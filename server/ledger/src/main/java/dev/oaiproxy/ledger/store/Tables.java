package dev.oaiproxy.ledger.store;

/** How the tables of a database stand to those that this program knows. */
public sealed interface Tables {
    /** There are none. */
    record None() implements Tables {}

    /** There are some, and none is ours. */
    record Foreign() implements Tables {}

    /** As they should be. */
    record Current(int step) implements Tables {}

    /** Of an older program, and brought up to date at the next start. */
    record Older(int step, int newest) implements Tables {}

    /** What a copy that did not come to its end has left. */
    record Unfinished() implements Tables {}

    /**
     * Not to be touched.
     *
     * @param why in words, with what to do
     */
    record Doubtful(String why) implements Tables {}
}
