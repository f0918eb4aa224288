package dev.oaiproxy.server.usage;

/** What a tap has understood of an answer. */
public sealed interface Reading {
    /** The answer stated its usage, and the statement adds up. */
    record Complete(Usage usage) implements Reading {}

    /**
     * The answer ended, or has got so far, without stating its usage.
     *
     * @param failed whether it says of itself that it failed, with an {@code error} in its body or
     *     stream
     */
    record Missing(boolean failed) implements Reading {
        public Missing() {
            this(false);
        }
    }

    /**
     * The answer stated a usage that cannot be true.
     *
     * @param why what contradicts what, for the ledger row; holds no text of the answer
     */
    record Contradictory(String why) implements Reading {}
}
