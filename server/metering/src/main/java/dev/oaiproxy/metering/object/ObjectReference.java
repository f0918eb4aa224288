package dev.oaiproxy.metering.object;

import java.util.Map;

/**
 * An object at OpenAI that a request uses.
 *
 * @param param the member that names it
 */
public record ObjectReference(String param, ObjectKind kind, String id) {
    /** The members whose text is a reference, with the kind of object that they name. */
    public static final Map<String, ObjectKind> KINDS =
            Map.ofEntries(
                    Map.entry("previous_response_id", ObjectKind.RESPONSE),
                    Map.entry("response_id", ObjectKind.RESPONSE),
                    Map.entry("conversation", ObjectKind.CONVERSATION),
                    Map.entry("conversation_id", ObjectKind.CONVERSATION),
                    Map.entry("file_id", ObjectKind.FILE),
                    Map.entry("file_ids", ObjectKind.FILE),
                    Map.entry("input_file_id", ObjectKind.FILE),
                    Map.entry("training_file", ObjectKind.FILE),
                    Map.entry("validation_file", ObjectKind.FILE),
                    Map.entry("vector_store_id", ObjectKind.VECTOR_STORE),
                    Map.entry("vector_store_ids", ObjectKind.VECTOR_STORE),
                    Map.entry("container", ObjectKind.CONTAINER),
                    Map.entry("container_id", ObjectKind.CONTAINER),
                    Map.entry("skill_id", ObjectKind.SKILL),
                    Map.entry("upload_id", ObjectKind.UPLOAD),
                    Map.entry("batch_id", ObjectKind.BATCH));
}
