package dev.oaiproxy.server.catalogue;

import dev.oaiproxy.server.usage.Unit;

/** What a call may be billed for beside one turn of its model. */
public sealed interface Extra {
    /** The row of the price book that it falls under; of what has no fee, a name. */
    String row();

    /**
     * What must not be named by two rows: answers count the calls of a kind of tool, and do not say
     * which of two tools it was.
     */
    Object kind();

    /**
     * So much of a unit.
     *
     * @param most the largest quantity that the request can reach
     */
    record Units(String row, Unit unit, long most) implements Extra {
        @Override
        public Object kind() {
            return unit;
        }
    }

    /**
     * A whole run of another model, its largest input and its largest output.
     *
     * @param moreOutput tokens of output beyond the model's own limit
     */
    record Run(String row, long moreOutput) implements Extra {
        @Override
        public Object kind() {
            return Run.class;
        }
    }

    /**
     * A tool without a fee: OpenAI bills the tokens that the model reads and writes because of it,
     * and says them in the usage.
     */
    record Tokens(String row, Source source) implements Extra {
        @Override
        public Object kind() {
            return row;
        }
    }

    /** Where what a tool gives the model to read comes from. */
    enum Source {
        /** From the request, or from what the model has written. */
        REQUEST,
        /** From elsewhere; only the window of the model bounds it. */
        OUTSIDE
    }
}
