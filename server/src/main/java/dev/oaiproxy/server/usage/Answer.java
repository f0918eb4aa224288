package dev.oaiproxy.server.usage;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.server.usage.CompletionUsage.Kind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Understands one JSON object of an answer, token by token: the whole answer, or one chunk of a
 * stream. Only members at the top count, so a text that talks of usage cannot be taken for it.
 */
final class Answer {
    private static final int LONGEST_NAME = 256;
    private static final int DEEPEST_MEMBER = 4;

    private final Kind kind;

    /** The member that the parser is in, at each depth; null where it is in an array. */
    private final @Nullable String[] path = new String[DEEPEST_MEMBER];

    private int depth;
    private boolean ended;
    private @Nullable String model;
    private @Nullable String tier;
    private @Nullable CompletionUsage stating;
    private @Nullable CompletionUsage usage;
    private boolean failed;
    private boolean withoutChoices;

    Answer(Kind kind) {
        this.kind = kind;
    }

    /**
     * Takes the next token, on which the parser stands.
     *
     * @throws JsonParseException when what comes is not an object
     */
    void take(JsonToken token, JsonParser in) throws IOException {
        if (token == JsonToken.FIELD_NAME) {
            enter(in.currentName());
        } else if (token.isStructEnd()) {
            depth--;
            ended = depth == 0;
        } else {
            value(token, in);
        }
        if (depth == 1 && token != JsonToken.FIELD_NAME && stating != null) {
            usage = stating;
            usage.compareTotal();
            stating = null;
        }
    }

    private void enter(@Nullable String name) {
        if (depth <= DEEPEST_MEMBER) {
            path[depth - 1] = name;
        }
    }

    private void value(JsonToken token, JsonParser in) throws IOException {
        if (depth == 0 && token != JsonToken.START_OBJECT) {
            throw new JsonParseException(in, "not an object");
        }
        if (depth > 0 && token != JsonToken.VALUE_NULL) {
            member(token, in);
        }
        if (token.isStructStart()) {
            depth++;
            enter(null);
        }
    }

    private void member(JsonToken token, JsonParser in) throws IOException {
        String top = path[0];
        if (top == null) {
            return;
        }
        switch (top) {
            case "model" -> model = depth == 1 ? name(token, in) : model;
            case "service_tier" -> tier = depth == 1 ? name(token, in) : tier;
            case "error" -> failed = true;
            case "choices" -> withoutChoices = depth == 1 && token == JsonToken.START_ARRAY;
            case "usage" -> usage(token, in);
            default -> {}
        }
    }

    private static @Nullable String name(JsonToken token, JsonParser in) throws IOException {
        boolean fits = token == JsonToken.VALUE_STRING && in.getTextLength() <= LONGEST_NAME;
        return fits ? in.getText() : null;
    }

    private void usage(JsonToken token, JsonParser in) throws IOException {
        if (depth == 1) {
            stating = new CompletionUsage(kind);
        }
        String below = pathBelowTop();
        if (stating != null && below != null) {
            stating.take(below, token, in);
        }
    }

    /** The names from the top member to here, joined by dots; null inside arrays and too deep. */
    private @Nullable String pathBelowTop() {
        if (depth > DEEPEST_MEMBER) {
            return null;
        }
        StringBuilder names = new StringBuilder();
        for (int i = 1; i < depth; i++) {
            if (path[i] == null) {
                return null;
            }
            names.append(i == 1 ? "" : ".").append(path[i]);
        }
        return names.toString();
    }

    /** Whether the object is closed. */
    boolean ended() {
        return ended;
    }

    /** Whether the parser is at the top of the object, at or after the value of that member. */
    boolean after(String member) {
        return depth == 1 && member.equals(path[0]);
    }

    @Nullable String model() {
        return model;
    }

    @Nullable String tier() {
        return tier;
    }

    /** The usage, once its object is closed; null when there is none or it is null. */
    @Nullable CompletionUsage usage() {
        return usage;
    }

    /** Whether it has an error. */
    boolean failed() {
        return failed;
    }

    /** Whether it has {@code choices}, and they are empty. */
    boolean withoutChoices() {
        return withoutChoices;
    }
}
