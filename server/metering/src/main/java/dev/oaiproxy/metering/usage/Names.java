package dev.oaiproxy.metering.usage;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a usage object names what it counts: a table from the path of a member, its names joined by
 * dots, to what it counts. There are two sorts: chat's, and the one of everything later, whose
 * details OpenAI spells in several ways; all of them are taken everywhere.
 */
final class Names {
    static final Names CHAT = new Names("prompt_tokens", "completion_tokens").chatDetails();
    static final Names TOKENS = new Names("input_tokens", "output_tokens").tokenDetails();

    private final Map<String, Count> counts = new HashMap<>();
    private final Map<Count, String> paths = new EnumMap<>(Count.class);
    private final Set<String> objects = new HashSet<>(Set.of(""));

    private Names(String input, String output) {
        name(Count.INPUT, input);
        name(Count.OUTPUT, output);
        name(Count.TOTAL, "total_tokens");
    }

    private Names chatDetails() {
        inputDetails("prompt_tokens_details.");
        outputDetails("completion_tokens_details.");
        return this;
    }

    private Names tokenDetails() {
        inputDetails("input_tokens_details.");
        inputDetails("input_token_details.");
        outputDetails("output_tokens_details.");
        outputDetails("output_token_details.");
        name(Count.REASONING, "reasoning_tokens");
        name(Count.CACHED, "cached_tokens");
        cachedDetails("cached_tokens_details.cached_");
        name(Count.SECONDS, "seconds");
        name(Count.SEARCHES, "num_requests");
        return this;
    }

    private void inputDetails(String in) {
        name(Count.CACHED, in + "cached_tokens");
        cachedDetails(in + "cached_tokens_details.");
        name(Count.TEXT_IN, in + "text_tokens");
        name(Count.AUDIO_IN, in + "audio_tokens");
        name(Count.IMAGE_IN, in + "image_tokens");
        name(Count.WRITTEN, in + "cache_write_tokens");
        name(Count.WRITTEN_30M, in + "cache_write_tokens_details.ttl_30m_tokens");
        name(Count.WRITTEN_12H, in + "cache_write_tokens_details.ttl_12h_tokens");
    }

    private void cachedDetails(String cached) {
        name(Count.CACHED_TEXT, cached + "text_tokens");
        name(Count.CACHED_AUDIO, cached + "audio_tokens");
        name(Count.CACHED_IMAGE, cached + "image_tokens");
    }

    private void outputDetails(String out) {
        name(Count.REASONING, out + "reasoning_tokens");
        name(Count.TEXT_OUT, out + "text_tokens");
        name(Count.AUDIO_OUT, out + "audio_tokens");
        name(Count.IMAGE_OUT, out + "image_tokens");
        name(Count.ACCEPTED, out + "accepted_prediction_tokens");
        name(Count.REJECTED, out + "rejected_prediction_tokens");
    }

    private void name(Count count, String path) {
        counts.put(path, count);
        paths.putIfAbsent(count, path);
        for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
            objects.add(path.substring(0, dot));
        }
    }

    /** What is counted at a path, or null when that is not known. */
    @Nullable Count count(String path) {
        return counts.get(path);
    }

    /** Whether an object is to be at a path. The empty path is the usage itself. */
    boolean isObject(String path) {
        return objects.contains(path);
    }

    /** The usual path of a count. */
    String path(Count count) {
        return paths.getOrDefault(count, count.name());
    }

    /** All paths, of counts and of the objects above them. */
    Set<String> known() {
        Set<String> known = new HashSet<>(counts.keySet());
        known.addAll(objects);
        return known;
    }
}
