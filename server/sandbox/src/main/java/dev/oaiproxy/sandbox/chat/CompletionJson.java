package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The JSON of a completion, complete or in chunks. */
sealed interface CompletionJson permits ChatCompletionJson, TextCompletionJson {
    /** The complete response. */
    ObjectNode completion();

    /** The chunk that opens a choice. */
    ObjectNode opening(int index);

    /** The chunk with one token of a choice. */
    ObjectNode token(int index, int token);

    /** The chunk that ends a choice. */
    ObjectNode closing(int index);

    /** The last chunk, without choices, which is sent only if the client asked for usage. */
    ObjectNode usageChunk();
}
