package dev.oaiproxy.e2e;

import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;

/** What tests ask for. */
final class Prompts {
    static final String GPT_4O = "gpt-4o";
    static final String STREAM = "\"stream\":true";
    static final String WITH_USAGE = STREAM + ",\"stream_options\":{\"include_usage\":true}";

    private Prompts() {}

    /** For the SDK; the text may direct the stand-in. */
    static ChatCompletionCreateParams chat(String text) {
        return chat(GPT_4O, text).build();
    }

    static ChatCompletionCreateParams.Builder chat(String model, String text) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage(text);
    }

    static EmbeddingCreateParams.Builder embedding(String text) {
        return EmbeddingCreateParams.builder().model("text-embedding-3-small").input(text);
    }

    /** As JSON, with more members such as {@link #STREAM}. */
    static String json(String text, String more) {
        return """
        {"model":"%s","messages":[{"role":"user","content":"%s"}]%s}\
        """
                .formatted(GPT_4O, text, more.isEmpty() ? "" : "," + more);
    }
}
