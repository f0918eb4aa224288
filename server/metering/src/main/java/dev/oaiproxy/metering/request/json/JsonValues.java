package dev.oaiproxy.metering.request.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the current value of a parser, and checks its type. */
public record JsonValues(JsonParser in) {
    /**
     * Moves to the value of the next member of the current object.
     *
     * @return the name of the member, or null at the end of the object
     */
    public static @Nullable String nextMember(JsonParser in) throws IOException {
        if (in.nextToken() == JsonToken.END_OBJECT) {
            return null;
        }
        String name = in.currentName();
        in.nextToken();
        return name;
    }

    /** A boolean, or false for null. */
    public boolean flag(String param) throws IOException {
        return switch (in.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> throw MalformedException.type(param, "a boolean", found());
        };
    }

    /** A string of 1 to {@code longest} characters, or null for null. */
    public @Nullable String text(String param, int longest) throws IOException {
        if (in.hasToken(JsonToken.VALUE_NULL)) {
            return null;
        }
        if (!in.hasToken(JsonToken.VALUE_STRING)) {
            throw MalformedException.type(param, "a string", found());
        }
        String text = in.getText();
        if (text.isEmpty() || text.length() > longest) {
            throw MalformedException.value(param, "a string of 1 to " + longest + " characters");
        }
        return text;
    }

    /** An integer in a range, or null for null. */
    public @Nullable Integer count(String param, int least, int most) throws IOException {
        if (in.hasToken(JsonToken.VALUE_NULL)) {
            return null;
        }
        if (!in.hasToken(JsonToken.VALUE_NUMBER_INT)) {
            throw MalformedException.type(param, "an integer", found());
        }
        // The type is checked before the value, because a huge number is expensive to parse.
        boolean fits = in.getNumberType() == JsonParser.NumberType.INT;
        if (!fits || in.getIntValue() < least || in.getIntValue() > most) {
            throw MalformedException.value(param, "an integer from " + least + " to " + most);
        }
        return in.getIntValue();
    }

    public boolean isObject() {
        return in.hasToken(JsonToken.START_OBJECT);
    }

    /** An integer in a range, or a default for null. */
    public int count(String param, int least, int most, int otherwise) throws IOException {
        Integer given = count(param, least, most);
        return given == null ? otherwise : given;
    }

    /** True at the start of an object, false for null. */
    public boolean object(String param) throws IOException {
        return switch (in.currentToken()) {
            case START_OBJECT -> true;
            case VALUE_NULL -> false;
            default -> throw MalformedException.type(param, "an object", found());
        };
    }

    private String found() {
        return switch (in.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "an integer";
            case VALUE_NUMBER_FLOAT -> "a decimal number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            default -> "something else";
        };
    }
}
