package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The JSON of an answer with choices, whole or in chunks. */
sealed interface CompletionJson permits ChatCompletionJson, TextCompletionJson {
    /** The whole answer. */
    ObjectNode completion();

    /** The chunk that opens a choice. */
    ObjectNode opening(int index);

    /** The chunk with one token of a choice. */
    ObjectNode token(int index, int token);

    /** The chunk that ends a choice. */
    ObjectNode closing(int index);

    /** The chunk without choices that follows all others where usage was asked for. */
    ObjectNode usageChunk();
}
