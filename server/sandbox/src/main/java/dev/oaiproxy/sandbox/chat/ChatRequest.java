package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.model.TextModel;
import dev.oaiproxy.sandbox.model.Tokenizer;

/**
 * A valid chat request.
 *
 * @param limit the maximum completion tokens of a choice
 * @param called the function that the response calls, or an empty string
 * @param prompt the cache key of the prompt
 */
public record ChatRequest(
        TextModel model,
        boolean stream,
        boolean includeUsage,
        boolean obfuscated,
        int choices,
        int limit,
        int reasoning,
        String tier,
        String prompt,
        int promptTokens,
        String userText,
        String called) {
    static ChatRequest of(JsonNode body, Tokenizer tokenizer) {
        TextModel model = TextModel.named(body.path("model").asText()).orElseThrow();
        JsonNode messages = body.path("messages");
        JsonNode options = body.path("stream_options");
        return new ChatRequest(
                model,
                body.path("stream").asBoolean(),
                options.path("include_usage").asBoolean(),
                options.path("include_obfuscation").asBoolean(true),
                body.path("n").asInt(1),
                limit(body),
                model.isReasoning() ? reasoning(body.path("reasoning_effort").asText()) : 0,
                servedTier(body.path("service_tier").asText("auto")),
                model.snapshot() + body.path("tools") + messages,
                tokenizer.count(model, messages, body.path("tools")),
                userText(messages),
                called(body));
    }

    /** The response calls a function only if the request requires a call. */
    private static String called(JsonNode body) {
        JsonNode choice = body.path("tool_choice");
        String first = body.path("tools").path(0).path("function").path("name").asText();
        return choice.asText().equals("required")
                ? first
                : choice.path("function").path("name").asText();
    }

    /** True if the response is a function call, false if it is text. */
    boolean calls() {
        return !called.isEmpty();
    }

    private static int limit(JsonNode body) {
        return body.path("max_completion_tokens")
                .asInt(body.path("max_tokens").asInt(Integer.MAX_VALUE));
    }

    /** Reasoning tokens of each choice. The numbers are the stand-in's own. */
    public static int reasoning(String effort) {
        return switch (effort) {
            case "none", "minimal" -> 0;
            case "low" -> 32;
            case "high", "xhigh" -> 128;
            default -> 64;
        };
    }

    public static String servedTier(String asked) {
        return switch (asked) {
            case "flex" -> "flex";
            case "priority", "fast" -> "priority";
            default -> "default";
        };
    }

    /** The text of the first user message, which may contain directives. */
    public static String userText(JsonNode messages) {
        for (JsonNode message : messages) {
            if (message.path("role").asText().equals("user")) {
                JsonNode content = message.path("content");
                return content.isArray()
                        ? String.join(" ", content.findValuesAsText("text"))
                        : content.asText();
            }
        }
        return "";
    }
}
