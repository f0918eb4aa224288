package dev.oaiproxy.sandbox.response;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.chat.ChatRequest;
import dev.oaiproxy.sandbox.model.TextModel;
import dev.oaiproxy.sandbox.model.Tokenizer;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A valid response request.
 *
 * @param input the items of this request
 * @param context the items of the previous responses, or of the conversation
 * @param contextTokens the tokens of the context, which count as input again
 */
record ResponseRequest(
        JsonNode body,
        TextModel model,
        ArrayNode input,
        ArrayNode context,
        int inputTokens,
        int contextTokens) {
    private static final int PER_REPLY = 3;

    static ResponseRequest of(JsonNode body, ArrayNode context, SandboxState sandbox) {
        TextModel model = TextModel.named(body.path("model").asText()).orElseThrow();
        Tokenizer tokenizer = sandbox.tokenizer();
        ArrayNode input = input(body.path("input"), sandbox);
        int before = tokenizer.items(model, context);
        int own = tokenizer.items(model, input) + PER_REPLY;
        for (String member : new String[] {"instructions", "tools"}) {
            if (body.hasNonNull(member)) {
                own += tokenizer.count(model, text(body.path(member)));
            }
        }
        return new ResponseRequest(body, model, input, context, before + own, before);
    }

    private static String text(JsonNode node) {
        return node.isTextual() ? node.asText() : node.toString();
    }

    /** The input as items with ids, from any form that requests allow. */
    static ArrayNode input(JsonNode input, SandboxState sandbox) {
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        if (input.isTextual()) {
            items.add(item(newObject(), "user", input, sandbox));
        }
        for (JsonNode named : input) {
            JsonNode given = isReference(named) ? kept(named, sandbox) : named;
            ObjectNode copy = given.deepCopy();
            items.add(
                    isMessage(copy)
                            ? item(copy, copy.path("role").asText(), given.path("content"), sandbox)
                            : named(copy, "item_", sandbox));
        }
        return items;
    }

    /** True if an item is only a reference to another by its id. */
    static boolean isReference(JsonNode item) {
        boolean typed = item.hasNonNull("type");
        boolean message = item.hasNonNull("role") && item.hasNonNull("content");
        return typed ? item.path("type").asText().equals("item_reference") : !message;
    }

    private static boolean isMessage(JsonNode item) {
        return item.has("role") && item.path("type").asText("message").equals("message");
    }

    private static JsonNode kept(JsonNode reference, SandboxState sandbox) {
        return findStored(reference.path("id").asText(), sandbox).orElse(reference);
    }

    /** Finds an item in the stored responses and conversations. */
    static Optional<JsonNode> findStored(String id, SandboxState sandbox) {
        Stream<JsonNode> ofResponses =
                sandbox.objects(ResponseRun.class).all().stream().flatMap(ResponseRun::items);
        Stream<JsonNode> ofConversations =
                sandbox.objects(StoredConversation.class).all().stream()
                        .flatMap(one -> one.items().all().stream());
        return Stream.concat(ofResponses, ofConversations)
                .filter(item -> item.path("id").asText().equals(id))
                .findFirst();
    }

    private static ObjectNode item(
            ObjectNode item, String role, JsonNode content, SandboxState sandbox) {
        item.put("type", "message").put("role", role).put("status", "completed");
        if (content.isTextual()) {
            boolean said = role.equals("assistant");
            ObjectNode part = item.putArray("content").addObject();
            part.put("type", said ? "output_text" : "input_text").put("text", content.asText());
            if (said) {
                part.putArray("annotations");
            }
        }
        return named(item, "msg_", sandbox);
    }

    private static ObjectNode named(ObjectNode item, String prefix, SandboxState sandbox) {
        return item.hasNonNull("id") ? item : item.put("id", prefix + sandbox.nextId());
    }

    boolean stream() {
        return body.path("stream").asBoolean();
    }

    boolean background() {
        return body.path("background").asBoolean();
    }

    boolean store() {
        return body.path("store").asBoolean(true) || background();
    }

    /** True if the request asks for this optional part of the response. */
    boolean includes(String part) {
        for (JsonNode wanted : body.path("include")) {
            if (wanted.asText().equals(part)) {
                return true;
            }
        }
        return false;
    }

    int limit() {
        return body.path("max_output_tokens").asInt(Integer.MAX_VALUE);
    }

    int callLimit() {
        return body.path("max_tool_calls").asInt(Integer.MAX_VALUE);
    }

    /** The completion window of a background response, empty for the soonest. */
    String window() {
        String window = body.path("background_options").path("completion_window").asText();
        return window.equals("soonest") ? "" : window;
    }

    String tier() {
        return ChatRequest.servedTier(body.path("service_tier").asText("auto"));
    }

    /**
     * True if the request only prepares later ones ({@code "generate": false}), as it can on a
     * WebSocket.
     */
    boolean isSilent() {
        return !body.path("generate").asBoolean(true);
    }

    int reasoning() {
        String effort = body.path("reasoning").path("effort").asText();
        return model.isReasoning() && !isSilent() ? ChatRequest.reasoning(effort) : 0;
    }

    /** True if the response includes a reasoning summary. */
    boolean isThoughtTold() {
        return body.path("reasoning").hasNonNull("summary");
    }

    /** True if the request requires a tool call. */
    boolean requiresTool() {
        JsonNode choice = body.path("tool_choice");
        return choice.asText().equals("required") || choice.isObject();
    }

    /** True if its cache writes last for twelve hours, which costs more. */
    boolean writesForLong() {
        return body.path("prompt_cache_options").path("ttl").asText().equals("12h");
    }

    /** The cache key of the prompt. */
    String prompt() {
        return model.snapshot() + body.path("tools") + spoken(context) + spoken(input);
    }

    /** Leaves out the ids, which are new each time. */
    private static String spoken(ArrayNode items) {
        StringBuilder all = new StringBuilder();
        items.forEach(item -> all.append(item.path("role")).append(item.path("content")));
        return all.toString();
    }

    String userText() {
        return ChatRequest.userText(input);
    }

    /** The id of the conversation, empty if there is none. */
    static String conversation(JsonNode body) {
        JsonNode conversation = body.path("conversation");
        return conversation.isTextual()
                ? conversation.asText()
                : conversation.path("id").asText("");
    }
}
