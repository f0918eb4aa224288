package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The JSON of a completion, complete or in chunks. */
sealed interface CompletionJson permits ChatCompletionJson, TextCompletionJson {
    ObjectNode completion();

    ObjectNode opening(int index);

    ObjectNode token(int index, int token);

    ObjectNode closing(int index);

    /** The last chunk, without choices, which is sent only if the client asked for usage. */
    ObjectNode usageChunk();
}
