package dev.oaiproxy.metering.request.facts;

import dev.oaiproxy.metering.money.Unit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A possible charge of a call beside one turn of its model. */
public sealed interface Surcharge {
    /** The row of the price book that it falls under; of what has no fee, a name. */
    String row();

    /**
     * What must not be named by two rows: answers count the calls of a kind of tool, and do not say
     * which of two tools it was.
     */
    default Object kind() {
        return switch (this) {
            case Units units -> units.unit();
            case Run _, Compaction _ -> getClass();
            case Author author -> author.row();
            case Tokens tokens -> tokens.row();
        };
    }

    /**
     * So much of a unit.
     *
     * @param most the largest quantity that the request can reach
     * @param finding what a call of the tool gives the model to read; null for what is no tool
     */
    record Units(String row, Unit unit, long most, @Nullable Finding finding) implements Surcharge {
        public Units(String row, Unit unit, long most) {
            this(row, unit, most, null);
        }
    }

    /**
     * A whole run of a model that draws, its largest input and its largest output.
     *
     * @param pictures how often it may reach its limit of output: the frames of an animation
     * @param moreOutput tokens of output beyond the model's own limit
     * @param author what writes the drawing as SVG, or null
     */
    record Run(String row, long pictures, long moreOutput, @Nullable Author author)
            implements Surcharge {}

    /** A whole run of a model that writes, beside one that draws: answers name it. */
    record Author(String row) implements Surcharge {}

    /**
     * A tool without a fee: OpenAI bills the tokens that the model reads and writes because of it,
     * and says them in the usage.
     */
    record Tokens(String row, Source source) implements Surcharge {}

    /**
     * Turns of the same model that make shorter what it is to read.
     *
     * @param above what it reads is left as it is up to so many tokens
     */
    record Compaction(long above) implements Surcharge {
        @Override
        public String row() {
            return "compaction";
        }
    }

    /**
     * What one call of a tool gives the model to read: so many times the tokens that the price book
     * names for it.
     */
    record Finding(String name, long times) {}

    /** This surcharge, and the one that it brings with it. */
    default Stream<Surcharge> all() {
        return this instanceof Run run && run.author() != null
                ? Stream.of(run, run.author())
                : Stream.of(this);
    }

    default boolean hasRow() {
        return !(this instanceof Tokens || this instanceof Compaction);
    }

    /** True if it runs a model beside that of the call. */
    default boolean isRun() {
        return this instanceof Run || this instanceof Author;
    }

    /** The source of the text that a tool gives the model. */
    enum Source {
        /** From the request, or from what the model has written. */
        REQUEST,
        /** From elsewhere; only the window of the model bounds it. */
        OUTSIDE
    }
}
