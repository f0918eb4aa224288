package dev.oaiproxy.metering.usage.object;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names of the counts in a usage object, as a table from paths to counts. A path is the names
 * of members, joined by dots. There are two variants: that of chats, and that of all later APIs.
 * OpenAI spells the details of the latter in several ways, and all are accepted everywhere.
 */
public final class UsageNames {
    static final UsageNames CHAT =
            new UsageNames("prompt_tokens", "completion_tokens").chatDetails();
    static final UsageNames TOKENS = new UsageNames("input_tokens", "output_tokens").tokenDetails();

    private final Map<String, UsageCount> counts = new HashMap<>();
    private final Map<UsageCount, String> paths = new EnumMap<>(UsageCount.class);
    private final Set<String> objects = new HashSet<>(Set.of(""));

    private UsageNames(String input, String output) {
        name(UsageCount.INPUT, input);
        name(UsageCount.OUTPUT, output);
        name(UsageCount.TOTAL, "total_tokens");
    }

    private UsageNames chatDetails() {
        inputDetails("prompt_tokens_details.");
        outputDetails("completion_tokens_details.");
        return this;
    }

    private UsageNames tokenDetails() {
        inputDetails("input_tokens_details.");
        inputDetails("input_token_details.");
        outputDetails("output_tokens_details.");
        outputDetails("output_token_details.");
        name(UsageCount.REASONING, "reasoning_tokens");
        name(UsageCount.CACHED, "cached_tokens");
        cachedDetails("cached_tokens_details.cached_");
        name(UsageCount.SECONDS, "seconds");
        name(UsageCount.SEARCHES, "num_requests");
        return this;
    }

    private void inputDetails(String in) {
        name(UsageCount.CACHED, in + "cached_tokens");
        cachedDetails(in + "cached_tokens_details.");
        name(UsageCount.TEXT_IN, in + "text_tokens");
        name(UsageCount.AUDIO_IN, in + "audio_tokens");
        name(UsageCount.IMAGE_IN, in + "image_tokens");
        name(UsageCount.WRITTEN, in + "cache_write_tokens");
        name(UsageCount.WRITTEN_30M, in + "cache_write_tokens_details.ttl_30m_tokens");
        name(UsageCount.WRITTEN_12H, in + "cache_write_tokens_details.ttl_12h_tokens");
    }

    private void cachedDetails(String cached) {
        name(UsageCount.CACHED_TEXT, cached + "text_tokens");
        name(UsageCount.CACHED_AUDIO, cached + "audio_tokens");
        name(UsageCount.CACHED_IMAGE, cached + "image_tokens");
    }

    private void outputDetails(String out) {
        name(UsageCount.REASONING, out + "reasoning_tokens");
        name(UsageCount.TEXT_OUT, out + "text_tokens");
        name(UsageCount.AUDIO_OUT, out + "audio_tokens");
        name(UsageCount.IMAGE_OUT, out + "image_tokens");
        name(UsageCount.ACCEPTED, out + "accepted_prediction_tokens");
        name(UsageCount.REJECTED, out + "rejected_prediction_tokens");
    }

    private void name(UsageCount count, String path) {
        counts.put(path, count);
        paths.putIfAbsent(count, path);
        for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
            objects.add(path.substring(0, dot));
        }
    }

    @Nullable UsageCount count(String path) {
        return counts.get(path);
    }

    /** True if the value at a path must be an object. The empty path is the usage itself. */
    boolean isObject(String path) {
        return objects.contains(path);
    }

    /** The usual path of a count. */
    String path(UsageCount count) {
        return paths.getOrDefault(count, count.name());
    }

    /** All paths, of counts and of the objects above them. */
    Set<String> known() {
        Set<String> known = new HashSet<>(counts.keySet());
        known.addAll(objects);
        return known;
    }
}
