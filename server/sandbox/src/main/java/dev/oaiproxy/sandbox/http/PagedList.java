package dev.oaiproxy.sandbox.http;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.IntStream;

/** One page of a list, by OpenAI's parameters {@code limit}, {@code after} and {@code order}. */
final class PagedList {
    private static final int MOST = 20;

    private PagedList() {}

    static ObjectNode of(HttpExchange exchange, List<? extends JsonNode> all, String usualOrder) {
        boolean forwards = exchange.query("order").orElse(usualOrder).equals("asc");
        List<? extends JsonNode> sorted = forwards ? all : all.reversed();
        int start = exchange.query("after").map(id -> indexAfter(sorted, id)).orElse(0);
        int limit = exchange.query("limit").map(Integer::parseInt).orElse(MOST);
        int end = Math.min(sorted.size(), start + Math.max(1, limit));
        return json(sorted.subList(start, end)).put("has_more", end < sorted.size());
    }

    private static int indexAfter(List<? extends JsonNode> all, String id) {
        return IntStream.range(0, all.size())
                .filter(i -> id(all.get(i)).equals(id))
                .map(i -> i + 1)
                .findFirst()
                .orElse(all.size());
    }

    private static String id(JsonNode object) {
        return object.path("id").asText();
    }

    private static ObjectNode json(List<? extends JsonNode> part) {
        ObjectNode body = newObject().put("object", "list");
        ArrayNode listed = body.putArray("data");
        part.forEach(listed::add);
        body.put("first_id", part.isEmpty() ? "" : id(part.getFirst()));
        return body.put("last_id", part.isEmpty() ? "" : id(part.getLast()));
    }
}
