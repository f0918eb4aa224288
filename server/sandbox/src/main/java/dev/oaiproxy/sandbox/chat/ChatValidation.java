package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.model.TextModel;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the error that OpenAI would report for a chat request. */
final class ChatValidation {
    private static final int MOST_CHOICES = 128;
    private static final Set<String> TIERS =
            Set.of("auto", "default", "flex", "scale", "priority", "fast");

    private final JsonNode body;
    private final String name;

    ChatValidation(JsonNode body) {
        this.body = body;
        this.name = body.path("model").asText("");
    }

    Optional<ApiError> problem() {
        return ApiError.first(
                List.of(
                        this::shape,
                        this::model,
                        this::messages,
                        this::limits,
                        this::choices,
                        this::options,
                        this::tier));
    }

    private Optional<ApiError> shape() {
        return ApiError.when(!body.isObject(), ApiError.notJson());
    }

    private Optional<ApiError> model() {
        if (name.isEmpty()) {
            return Optional.of(ApiError.invalid("you must provide a model parameter", null));
        }
        Optional<TextModel> model = TextModel.named(name);
        if (model.isEmpty()) {
            return Optional.of(ApiError.noSuchModel(name));
        }
        return ApiError.when(
                !model.get().chats(),
                new ApiError(
                        404,
                        "This is not a chat model and thus not supported in the"
                                + " v1/chat/completions endpoint.",
                        "invalid_request_error",
                        "model",
                        null));
    }

    private Optional<ApiError> messages() {
        JsonNode messages = body.path("messages");
        if (messages.isMissingNode()) {
            return Optional.of(ApiError.missing("messages"));
        }
        return ApiError.when(
                !messages.isArray() || messages.isEmpty(),
                ApiError.invalid("Invalid 'messages': expected a non-empty array.", "messages"));
    }

    private Optional<ApiError> limits() {
        boolean reasons = TextModel.named(name).orElseThrow().isReasoning();
        if (reasons && body.hasNonNull("max_tokens")) {
            return Optional.of(ApiError.unsupported("max_tokens", "max_completion_tokens"));
        }
        return Stream.of("max_tokens", "max_completion_tokens")
                .filter(body::hasNonNull)
                .filter(
                        limit ->
                                !body.path(limit).canConvertToInt() || body.path(limit).asInt() < 1)
                .map(limit -> ApiError.invalid("Invalid '" + limit + "'.", limit))
                .findFirst();
    }

    private Optional<ApiError> choices() {
        int n = body.hasNonNull("n") ? body.path("n").asInt() : 1;
        return ApiError.when(n < 1 || n > MOST_CHOICES, ApiError.invalid("Invalid 'n'.", "n"));
    }

    private Optional<ApiError> options() {
        return ApiError.when(
                body.hasNonNull("stream_options") && !body.path("stream").asBoolean(),
                ApiError.invalid(
                        "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
                        "stream_options"));
    }

    private Optional<ApiError> tier() {
        String tier = body.path("service_tier").asText("auto");
        boolean flex = tier.equals("flex") && !TextModel.named(name).orElseThrow().hasFlex();
        return ApiError.when(
                body.hasNonNull("service_tier") && (flex || !TIERS.contains(tier)),
                ApiError.invalid("Invalid service_tier argument", "service_tier"));
    }
}
