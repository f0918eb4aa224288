package dev.oaiproxy.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.StoredChats.StoredChat;
import java.util.Optional;
import java.util.stream.Stream;

/** What the stand-in keeps of earlier calls. */
record Archive(
        Shelf<ResponseRun> responses,
        Shelf<Conversation> conversations,
        Shelf<Container> containers,
        Shelf<StoredChat> chats) {
    Archive() {
        this(new Shelf<>(), new Shelf<>(), new Shelf<>(), new Shelf<>());
    }

    /** An item of a response or of a conversation that is kept. */
    Optional<JsonNode> item(String id) {
        Stream<JsonNode> said = responses.all().stream().flatMap(ResponseRun::items);
        Stream<JsonNode> held =
                conversations.all().stream().flatMap(one -> one.items().all().stream());
        return Stream.concat(said, held)
                .filter(item -> item.path("id").asText().equals(id))
                .findFirst();
    }
}
