package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.metering.object.ObjectReference;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's errors for objects that do not exist. They also stand for objects of another user, so
 * that the two cannot be told apart.
 */
final class NotFoundErrors {
    private static final int NOT_FOUND = 404;

    private NotFoundErrors() {}

    static OpenAiError of(ObjectReference reference) {
        String id = reference.id();
        return switch (reference.kind()) {
            case MODEL ->
                    error(
                                    "model_not_found",
                                    "The model `%s` does not exist or you do not have access"
                                            + " to it.",
                                    id)
                            .about("model");
            case FILE -> error(null, "No such File object: %s", id).about(reference.param());
            case UPLOAD -> error(null, "No such Upload object: %s", id).about(reference.param());
            case RESPONSE -> response(reference);
            case ITEM -> error(null, "Item with id '%s' not found.", id).about("input");
            case COMPLETION -> error(null, "Chat completion with id '%s' not found.", id);
            case AUDIO -> error(null, "Audio with id '%s' not found.", id).about("messages");
            case CONVERSATION -> error(null, "Conversation with id '%s' not found.", id);
            case VECTOR_STORE -> error(null, "Vector store with id '%s' not found.", id);
            case CONTAINER -> error(null, "Container with id '%s' not found.", id);
            case SKILL -> error(null, "Skill with id '%s' not found.", id);
            case TOOL -> error(null, "Tool with id '%s' not found.", id);
            case BATCH -> error(null, "No batch found with id '%s'.", id);
            case FINE_TUNING_JOB ->
                    error("fine_tune_not_found", "Could not find fine tune: %s", id)
                            .about("fine_tune_id");
        };
    }

    private static OpenAiError response(ObjectReference reference) {
        boolean previous = reference.param().equals("previous_response_id");
        return previous
                ? error(
                                "previous_response_not_found",
                                "Previous response with id '%s' not found.",
                                reference.id())
                        .about("previous_response_id")
                : error(null, "Response with id '%s' not found.", reference.id());
    }

    private static OpenAiError error(@Nullable String code, String message, String id) {
        return OpenAiError.invalid(NOT_FOUND, code, message.formatted(id));
    }
}
