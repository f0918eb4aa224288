package dev.oaiproxy.proxy.deferred;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A batch as OpenAI describes it. */
record BatchStatus(JsonNode json) {
    private static final Set<String> ENDED = Set.of("completed", "failed", "expired", "cancelled");

    /** True when it is the batch of that id. */
    boolean is(String id) {
        return id.equals(json.path("id").asText());
    }

    String status() {
        return json.path("status").asText();
    }

    boolean hasEnded() {
        return ENDED.contains(status());
    }

    @Nullable String output() {
        String id = json.path("output_file_id").asText("");
        return id.isEmpty() || json.path("output_file_id").isNull() ? null : id;
    }

    /** The number of successful requests; -1 when it is not stated. */
    long completed() {
        return json.path("request_counts").path("completed").asLong(-1);
    }

    /**
     * The tokens that the batch states; -1 when it states none.
     *
     * @param side {@code input_tokens} or {@code output_tokens}
     */
    long tokens(String side) {
        return json.path("usage").path(side).asLong(-1);
    }

    List<ObjectReference> files() {
        return Stream.of("output_file_id", "error_file_id")
                .filter(name -> json.path(name).isTextual() && !json.path(name).asText().isEmpty())
                .map(name -> new ObjectReference(name, ObjectKind.FILE, json.path(name).asText()))
                .toList();
    }
}
