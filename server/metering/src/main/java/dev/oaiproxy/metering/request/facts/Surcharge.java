package dev.oaiproxy.metering.request.facts;

import dev.oaiproxy.metering.money.Unit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A possible charge of a call beyond one turn of its model. */
public sealed interface Surcharge {
    /** The row of the price book, or a name if there is no fee. */
    String row();

    /**
     * The kind of tool. Two rows must not have the same kind in one request, because responses
     * count the calls by kind and do not name the row.
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
     * A quantity of a unit.
     *
     * @param most the largest quantity that the request can reach
     * @param finding the input that one call of the tool gives the model, or null if it is no tool
     */
    record Units(String row, Unit unit, long most, @Nullable Finding finding) implements Surcharge {
        public Units(String row, Unit unit, long most) {
            this(row, unit, most, null);
        }
    }

    /**
     * A full run of an image model, with its largest input and output.
     *
     * @param pictures the most outputs of the model's limit: the frames of an animation
     * @param moreOutput output tokens beyond the model's own limit
     * @param author the model that writes the image as SVG, or null
     */
    record Run(String row, long pictures, long moreOutput, @Nullable Author author)
            implements Surcharge {}

    /**
     * A full run of a model that writes an image as SVG, beside the image model. Responses name it.
     */
    record Author(String row) implements Surcharge {}

    /**
     * A tool without a fee. OpenAI bills the tokens that the model reads and writes because of it,
     * and states them in the usage.
     */
    record Tokens(String row, Source source) implements Surcharge {}

    /**
     * Additional turns of the same model, which compact its input.
     *
     * @param above the number of input tokens up to which nothing is compacted
     */
    record Compaction(long above) implements Surcharge {
        @Override
        public String row() {
            return "compaction";
        }
    }

    /** The input that one tool call gives the model: a multiple of the tokens in the price book. */
    record Finding(String name, long times) {}

    /** This surcharge and the one that it includes. */
    default Stream<Surcharge> all() {
        return this instanceof Run run && run.author() != null
                ? Stream.of(run, run.author())
                : Stream.of(this);
    }

    default boolean hasRow() {
        return !(this instanceof Tokens || this instanceof Compaction);
    }

    /** True if it is a run of another model. */
    default boolean isRun() {
        return this instanceof Run || this instanceof Author;
    }

    /** The source of the text that a tool gives the model. */
    enum Source {
        /** The request, or the output of the model. */
        REQUEST,
        /** An outside source; only the model's context window bounds the text. */
        OUTSIDE
    }
}
