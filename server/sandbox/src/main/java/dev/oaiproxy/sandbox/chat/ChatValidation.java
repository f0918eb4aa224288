package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.model.TextModel;
import java.util.List;
import java.util.Set;

/** Finds the error that OpenAI would report for a chat request. */
public record ChatValidation(JsonNode body) {
    private static final int MOST_CHOICES = 128;
    private static final Set<String> TIERS =
            Set.of("auto", "default", "flex", "scale", "priority", "fast");

    void check() {
        ApiError.throwIf(!body.isObject(), ApiError.notJson());
        TextModel model = model();
        messages();
        limits(model);
        int n = body.hasNonNull("n") ? body.path("n").asInt() : 1;
        ApiError.throwIf(n < 1 || n > MOST_CHOICES, ApiError.invalid("Invalid 'n'.", "n"));
        ApiError.throwIf(
                body.hasNonNull("stream_options") && !body.path("stream").asBoolean(),
                ApiError.invalid(
                        "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
                        "stream_options"));
        checkTier(body, model);
    }

    private TextModel model() {
        String name = body.path("model").asText("");
        ApiError.throwIf(name.isEmpty(), ApiError.invalid("you must provide a model parameter"));
        TextModel model = TextModel.named(name).orElseThrow(() -> ApiError.noSuchModel(name));
        ApiError.throwIf(
                !model.chats(),
                ApiError.invalid(
                                "This is not a chat model and thus not supported in the"
                                        + " v1/chat/completions endpoint.",
                                "model")
                        .status(404));
        return model;
    }

    private void messages() {
        JsonNode messages = body.path("messages");
        ApiError.throwIf(messages.isMissingNode(), ApiError.missing("messages"));
        ApiError.throwIf(
                !messages.isArray() || messages.isEmpty(),
                ApiError.invalid("Invalid 'messages': expected a non-empty array.", "messages"));
    }

    private void limits(TextModel model) {
        ApiError.throwIf(
                model.isReasoning() && body.hasNonNull("max_tokens"),
                ApiError.invalid(
                                "Unsupported parameter: 'max_tokens' is not supported with this"
                                        + " model. Use 'max_completion_tokens' instead.",
                                "max_tokens")
                        .code("unsupported_parameter"));
        for (String limit : List.of("max_tokens", "max_completion_tokens")) {
            JsonNode value = body.path(limit);
            ApiError.throwIf(
                    body.hasNonNull(limit) && (!value.canConvertToInt() || value.asInt() < 1),
                    ApiError.invalid("Invalid '" + limit + "'.", limit));
        }
    }

    /** Refuses a service tier that OpenAI does not have, or not for the model. */
    public static void checkTier(JsonNode body, TextModel model) {
        String tier = body.path("service_tier").asText("auto");
        boolean flex = tier.equals("flex") && !model.hasFlex();
        ApiError.throwIf(
                body.hasNonNull("service_tier") && (flex || !TIERS.contains(tier)),
                ApiError.invalid("Invalid service_tier argument", "service_tier"));
    }
}
