package dev.oaiproxy.api;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Works on price books as files, found through {@link java.util.ServiceLoader}, so that the command
 * line reads them with the server's own reader, and no server needs to run.
 *
 * <p>Every method throws {@link IllegalArgumentException} when a file cannot be used; the message
 * says which, in which line and why.
 */
public interface PriceFiles {
    /** A price list that others publish. */
    enum Source {
        /** {@code model_prices_and_context_window.json} of BerriAI/litellm. */
        LITELLM,
        /** {@code prices/data.json} of pydantic/genai-prices. */
        GENAI_PRICES;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The file that a server started here would read. */
    Path current();

    /**
     * Reads a book as the server would, and lists the gaps of what is sold at a moment or later.
     */
    Check check(Path file, Instant at);

    /** What a newer book changes. */
    Diff diff(Path older, Path newer);

    /**
     * What another price list says of OpenAI's models, as the text of a book, with what differs at
     * a moment from ours.
     */
    String proposal(Source source, Path list, Path ours, Instant at);

    /**
     * A book that can be used.
     *
     * @param kinds how many models of each kind
     * @param gaps what it does not price or bound
     * @param shutdowns the models that OpenAI shuts down within 60 days, the next first
     */
    record Check(
            String version,
            int models,
            int prices,
            Map<String, Integer> kinds,
            List<Gap> gaps,
            List<Gap> shutdowns) {}

    /** Something that a book does not say of a model, or that is to be known of it. */
    record Gap(String model, String kind, String gap) {}

    /** The difference of two books. */
    record Diff(
            String older,
            String newer,
            List<String> added,
            List<String> removed,
            List<Change> changes) {}

    /**
     * A rate that differs.
     *
     * @param aboveInputTokens the step beyond which it holds, 0 for the ordinary rate
     * @param from the first day of it, null for always
     * @param oldUsd null when the older book has none
     * @param newUsd null when the newer book has none
     * @param change in per cent with its sign, or {@code new} or {@code gone}
     */
    record Change(
            String model,
            String tier,
            long aboveInputTokens,
            String unit,
            @Nullable String from,
            @Nullable String oldUsd,
            @Nullable String newUsd,
            String change) {}
}
