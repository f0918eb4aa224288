package dev.oaiproxy.server.usage;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code usage} object of chat, legacy completions and embeddings, as it is written: totals,
 * and counts that are parts of the totals. Members that are not known are let pass.
 */
final class CompletionUsage {
    static final String PROMPT = "prompt_tokens";
    static final String COMPLETION = "completion_tokens";
    static final String TOTAL = "total_tokens";
    static final String CACHED = "prompt_tokens_details.cached_tokens";
    static final String TEXT_IN = "prompt_tokens_details.text_tokens";
    static final String AUDIO_IN = "prompt_tokens_details.audio_tokens";
    static final String IMAGE_IN = "prompt_tokens_details.image_tokens";
    static final String WRITTEN = "prompt_tokens_details.cache_write_tokens";
    static final String WRITTEN_30M =
            "prompt_tokens_details.cache_write_tokens_details.ttl_30m_tokens";
    static final String WRITTEN_12H =
            "prompt_tokens_details.cache_write_tokens_details.ttl_12h_tokens";
    static final String REASONING = "completion_tokens_details.reasoning_tokens";
    static final String TEXT_OUT = "completion_tokens_details.text_tokens";
    static final String AUDIO_OUT = "completion_tokens_details.audio_tokens";
    static final String ACCEPTED = "completion_tokens_details.accepted_prediction_tokens";
    static final String REJECTED = "completion_tokens_details.rejected_prediction_tokens";

    private static final Logger LOG = System.getLogger(CompletionUsage.class.getName());

    private static final Set<String> COUNTS =
            Set.of(
                    PROMPT,
                    COMPLETION,
                    TOTAL,
                    CACHED,
                    TEXT_IN,
                    AUDIO_IN,
                    IMAGE_IN,
                    WRITTEN,
                    WRITTEN_30M,
                    WRITTEN_12H,
                    REASONING,
                    TEXT_OUT,
                    AUDIO_OUT,
                    ACCEPTED,
                    REJECTED);

    private static final Set<String> OBJECTS =
            Set.of(
                    "",
                    "prompt_tokens_details",
                    "prompt_tokens_details.cache_write_tokens_details",
                    "completion_tokens_details");

    /** Which answer it is of, as far as that decides how it is read. */
    enum Kind {
        CHAT,
        /** A chat whose request may have written to the cache for 12 hours. */
        CHAT_LONG_CACHE,
        EMBEDDINGS;

        static Kind chat(boolean longCacheWrite) {
            return longCacheWrite ? CHAT_LONG_CACHE : CHAT;
        }
    }

    private final Kind kind;
    private final Map<String, Long> counts = new HashMap<>();
    private @Nullable String fault;

    CompletionUsage(Kind kind) {
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    /**
     * Takes one value, or the start of one.
     *
     * @param path the names that lead to it from the usage object, joined by dots; empty for the
     *     usage itself
     */
    void take(String path, JsonToken token, JsonParser in) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (OBJECTS.contains(path) && token != JsonToken.START_OBJECT) {
            fault = (path.isEmpty() ? "usage" : path) + " is not an object";
        }
        if (COUNTS.contains(path)) {
            count(path, token, in);
        }
    }

    private void count(String path, JsonToken token, JsonParser in) throws IOException {
        boolean fits =
                token == JsonToken.VALUE_NUMBER_INT
                        && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        if (fits && in.getLongValue() >= 0 && in.getLongValue() <= Usage.LARGEST_COUNT) {
            counts.put(path, in.getLongValue());
        } else {
            fault = path + " is not a count";
        }
    }

    /**
     * What it comes to.
     *
     * @param model the model that the answer names
     * @param tier the service tier that the answer names
     */
    Reading reading(@Nullable String model, @Nullable String tier) {
        String why = Contradiction.in(this);
        if (why != null) {
            return new Reading.Contradictory(why);
        }
        return new Reading.Complete(new Usage(model, tier, Buckets.of(this)));
    }

    /** Reports a total that differs. No price rests on it, so that is no reason to refuse. */
    void compareTotal() {
        long sum = count(PROMPT) + count(COMPLETION);
        if (states(TOTAL) && count(TOTAL) != sum) {
            LOG.log(
                    Level.WARNING,
                    "event=usage_total_differs total=" + count(TOTAL) + " sum=" + sum);
        }
    }

    /** What was not even a count, or null when all of them were. */
    @Nullable String fault() {
        return fault;
    }

    boolean states(String path) {
        return counts.containsKey(path);
    }

    /** The count at a path; what is not stated is zero. */
    long count(String path) {
        return counts.getOrDefault(path, 0L);
    }
}
