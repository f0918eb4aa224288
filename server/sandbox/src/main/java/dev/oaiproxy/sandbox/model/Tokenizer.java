package dev.oaiproxy.sandbox.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;

/** Counts the tokens of a request as OpenAI's cookbook does. */
public final class Tokenizer {
    private static final int PER_MESSAGE = 3;
    private static final int PER_NAME = 1;
    private static final int PER_REPLY = 3;

    /**
     * Shared by all stand-ins of a process, because each registry takes 45 MB and half a second to
     * load.
     */
    private static final EncodingRegistry ENCODINGS = Encodings.newLazyEncodingRegistry();

    /** The tokens of a text. Special tokens count as plain text. */
    public int count(TextModel model, String text) {
        return encoding(model).countTokensOrdinary(text);
    }

    /** The prompt tokens of a chat. */
    public int count(TextModel model, JsonNode messages, JsonNode tools) {
        int sum = PER_REPLY;
        for (JsonNode message : messages) {
            sum += PER_MESSAGE + message(model, message);
            if (message.has("name")) {
                sum += PER_NAME + count(model, message.path("name").asText());
            }
        }
        return tools.isMissingNode() ? sum : sum + count(model, tools.toString());
    }

    /** The tokens of a response's items. Items other than messages count as their JSON. */
    public int items(TextModel model, JsonNode items) {
        int sum = 0;
        for (JsonNode item : items) {
            sum += PER_MESSAGE;
            boolean message = item.has("role") && item.has("content");
            sum += message ? message(model, item) : count(model, item.toString());
        }
        return sum;
    }

    private int message(TextModel model, JsonNode message) {
        return count(model, message.path("role").asText())
                + content(model, message.path("content"));
    }

    private int content(TextModel model, JsonNode content) {
        if (!content.isArray()) {
            return count(model, content.asText(""));
        }
        int sum = 0;
        for (JsonNode part : content) {
            sum +=
                    part.has("text")
                            ? count(model, part.path("text").asText())
                            : ImageTokens.tokens(model, part);
        }
        return sum;
    }

    /**
     * Uses our own table, because jtokkit's lookup by model name is wrong for gpt-4.1 and fails for
     * most of the newer models.
     */
    private Encoding encoding(TextModel model) {
        return ENCODINGS.getEncoding(
                model.isCl100k() ? EncodingType.CL100K_BASE : EncodingType.O200K_BASE);
    }
}
