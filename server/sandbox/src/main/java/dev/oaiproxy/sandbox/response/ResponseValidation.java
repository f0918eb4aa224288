package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.model.TextModel;
import dev.oaiproxy.sandbox.storage.Container;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the error that OpenAI would report for a response request. */
final class ResponseValidation {
    private static final Set<String> TIERS =
            Set.of("auto", "default", "flex", "scale", "priority", "fast");

    private final JsonNode body;
    private final String name;
    private final SandboxState sandbox;

    ResponseValidation(JsonNode body, SandboxState sandbox) {
        this.body = body;
        this.name = body.path("model").asText("");
        this.sandbox = sandbox;
    }

    Optional<ApiError> problem() {
        return ApiError.first(
                List.of(
                        this::model,
                        this::input,
                        this::limits,
                        this::tier,
                        this::window,
                        this::previous,
                        this::conversation,
                        this::items,
                        this::containers));
    }

    private Optional<ApiError> model() {
        if (!body.isObject()) {
            return Optional.of(ApiError.notJson());
        }
        if (name.isEmpty()) {
            return Optional.of(ApiError.missing("model"));
        }
        return ApiError.when(
                TextModel.named(name).filter(TextModel::chats).isEmpty(),
                ApiError.noSuchModel(name));
    }

    private Optional<ApiError> input() {
        boolean goesOn = body.hasNonNull("previous_response_id") || body.hasNonNull("conversation");
        JsonNode input = body.path("input");
        if (input.isMissingNode()) {
            return ApiError.when(!goesOn, ApiError.missing("input"));
        }
        return ApiError.when(
                !input.isTextual() && !input.isArray(),
                ApiError.invalid("Invalid type for 'input'.", "input"));
    }

    private Optional<ApiError> limits() {
        return Stream.of("max_output_tokens", "max_tool_calls")
                .filter(body::hasNonNull)
                .filter(limit -> body.path(limit).asInt() < 1)
                .map(limit -> ApiError.invalid("Invalid '" + limit + "'.", limit))
                .findFirst();
    }

    private Optional<ApiError> tier() {
        String tier = body.path("service_tier").asText("auto");
        boolean flex = tier.equals("flex") && !TextModel.named(name).orElseThrow().hasFlex();
        return ApiError.when(
                body.hasNonNull("service_tier") && (flex || !TIERS.contains(tier)),
                ApiError.invalid("Invalid service_tier argument", "service_tier"));
    }

    private Optional<ApiError> window() {
        String window = body.path("background_options").path("completion_window").asText("soonest");
        String tier = body.path("service_tier").asText("default");
        boolean later = body.path("background").asBoolean() && !body.path("stream").asBoolean();
        return ApiError.when(
                !window.equals("soonest") && (!later || !tier.equals("default")),
                ApiError.invalid("Invalid completion_window.", "background_options"));
    }

    private Optional<ApiError> previous() {
        String id = body.path("previous_response_id").asText("");
        if (id.isEmpty() || body.path("previous_response_id").isNull()) {
            return Optional.empty();
        }
        return ApiError.when(
                sandbox.objects(ResponseRun.class).find(id).isEmpty(), ApiError.noPrevious(id));
    }

    private Optional<ApiError> conversation() {
        String id = ResponseRequest.conversation(body);
        if (id.isEmpty() || body.path("conversation").isNull()) {
            return Optional.empty();
        }
        return ApiError.when(
                sandbox.objects(StoredConversation.class).find(id).isEmpty(),
                ApiError.notFound("Conversation", id));
    }

    /** Referenced items, and reasoning items without encrypted content, must be stored. */
    private Optional<ApiError> items() {
        for (JsonNode item : body.path("input")) {
            String id = item.path("id").asText();
            boolean bare = id.startsWith("rs_") && !item.hasNonNull("encrypted_content");
            boolean named = item.isObject() && ResponseRequest.isReference(item);
            if ((named || bare) && ResponseRequest.findStored(id, sandbox).isEmpty()) {
                return Optional.of(ApiError.notFound("Item", id));
            }
        }
        return Optional.empty();
    }

    private Optional<ApiError> containers() {
        return body.path("tools").findValues("container").stream()
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .filter(
                        id ->
                                sandbox.objects(Container.class)
                                        .find(id)
                                        .filter(Container::isRunning)
                                        .isEmpty())
                .map(id -> ApiError.notFound("Container", id))
                .findFirst();
    }
}
