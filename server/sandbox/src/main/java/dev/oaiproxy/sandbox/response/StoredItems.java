package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.call.SandboxState;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds items in the stored responses and conversations. */
final class StoredItems {
    private StoredItems() {}

    static Optional<JsonNode> find(SandboxState sandbox, String id) {
        Stream<JsonNode> said =
                sandbox.objects(ResponseRun.class).all().stream().flatMap(ResponseRun::items);
        Stream<JsonNode> held =
                sandbox.objects(StoredConversation.class).all().stream()
                        .flatMap(one -> one.items().all().stream());
        return Stream.concat(said, held)
                .filter(item -> item.path("id").asText().equals(id))
                .findFirst();
    }
}
