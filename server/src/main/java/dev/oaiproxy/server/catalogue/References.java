package dev.oaiproxy.server.catalogue;

import java.util.Set;

/** The members of a request that name objects at OpenAI by their ids. */
final class References {
    static final Set<String> NAMES =
            Set.of(
                    "file_id",
                    "file_ids",
                    "input_file_id",
                    "training_file",
                    "validation_file",
                    "vector_store_id",
                    "vector_store_ids",
                    "container",
                    "container_id",
                    "previous_response_id",
                    "response_id",
                    "conversation",
                    "conversation_id",
                    "batch_id",
                    "skill_id",
                    "upload_id");

    private References() {}
}
