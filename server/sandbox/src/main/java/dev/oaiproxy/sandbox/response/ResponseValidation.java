package dev.oaiproxy.sandbox.response;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.chat.ChatValidation;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.model.TextModel;
import dev.oaiproxy.sandbox.storage.Container;
import java.util.List;

/** Finds the error that OpenAI would report for a response request. */
record ResponseValidation(JsonNode body, SandboxState sandbox) {
    void check() {
        TextModel model = model();
        input();
        for (String limit : List.of("max_output_tokens", "max_tool_calls")) {
            ApiError.throwIf(
                    body.hasNonNull(limit) && body.path(limit).asInt() < 1,
                    ApiError.invalid("Invalid '" + limit + "'.", limit));
        }
        ChatValidation.checkTier(body, model);
        window();
        context();
        items();
        containers();
    }

    private TextModel model() {
        ApiError.throwIf(!body.isObject(), ApiError.notJson());
        String name = body.path("model").asText("");
        ApiError.throwIf(name.isEmpty(), ApiError.missing("model"));
        return TextModel.named(name)
                .filter(TextModel::chats)
                .orElseThrow(() -> ApiError.noSuchModel(name));
    }

    private void input() {
        boolean goesOn = body.hasNonNull("previous_response_id") || body.hasNonNull("conversation");
        JsonNode input = body.path("input");
        ApiError.throwIf(input.isMissingNode() && !goesOn, ApiError.missing("input"));
        ApiError.throwIf(
                !input.isMissingNode() && !input.isTextual() && !input.isArray(),
                ApiError.invalid("Invalid type for 'input'.", "input"));
    }

    private void window() {
        String window = body.path("background_options").path("completion_window").asText("soonest");
        String tier = body.path("service_tier").asText("default");
        boolean later = body.path("background").asBoolean() && !body.path("stream").asBoolean();
        ApiError.throwIf(
                !window.equals("soonest") && (!later || !tier.equals("default")),
                ApiError.invalid("Invalid completion_window.", "background_options"));
    }

    /** The previous response and the conversation must be stored. */
    private void context() {
        String previous = body.path("previous_response_id").asText("");
        ApiError.throwIf(
                isNamed(previous, "previous_response_id")
                        && sandbox.objects(ResponseRun.class).find(previous).isEmpty(),
                ApiError.invalid(
                                "Previous response with id '" + previous + "' not found.",
                                "previous_response_id")
                        .code("previous_response_not_found"));
        String conversation = ResponseRequest.conversation(body);
        if (isNamed(conversation, "conversation")) {
            sandbox.objects(StoredConversation.class).get(conversation, "Conversation");
        }
    }

    private boolean isNamed(String id, String member) {
        return !id.isEmpty() && body.hasNonNull(member);
    }

    /** Referenced items, and reasoning items without encrypted content, must be stored. */
    private void items() {
        for (JsonNode item : body.path("input")) {
            String id = item.path("id").asText();
            boolean bare = id.startsWith("rs_") && !item.hasNonNull("encrypted_content");
            boolean named = item.isObject() && ResponseRequest.isReference(item);
            ApiError.throwIf(
                    (named || bare) && ResponseRequest.findStored(id, sandbox).isEmpty(),
                    ApiError.notFound("Item", id));
        }
    }

    private void containers() {
        for (JsonNode container : body.path("tools").findValues("container")) {
            String id = container.asText();
            ApiError.throwIf(
                    container.isTextual()
                            && sandbox.objects(Container.class)
                                    .find(id)
                                    .filter(Container::isRunning)
                                    .isEmpty(),
                    ApiError.notFound("Container", id));
        }
    }
}
