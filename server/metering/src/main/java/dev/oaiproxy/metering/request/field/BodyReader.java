package dev.oaiproxy.metering.request.field;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.metering.request.field.InputScanner.Part;
import dev.oaiproxy.metering.request.json.JsonValues;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A body during parsing, and the facts found in it. */
public final class BodyReader {
    private static final int LONGEST_MODEL = 256;
    private static final int LONGEST_ID = 128;

    public final JsonParser in;
    public final JsonValues jsonValues;
    public final RequestFactsBuilder facts = new RequestFactsBuilder();
    private final InputScanner input;
    private final Set<String> seen = new HashSet<>();

    public BodyReader(JsonParser in, byte[] body) {
        this.in = in;
        this.jsonValues = new JsonValues(in);
        this.input = new InputScanner(in, body, facts);
    }

    /**
     * Refuses a second member with the same name, because another parser might use the other one.
     */
    public String once(String name) throws MalformedException {
        if (!seen.add(name)) {
            throw MalformedException.twice(name);
        }
        return name;
    }

    /**
     * Refuses a name that differs only in case from a known one, because a parser that ignores case
     * would confuse the two.
     */
    public String plain(String name) throws MalformedException {
        boolean plain = name.chars().allMatch(c -> c < 0x80 && (c < 'A' || c > 'Z'));
        if (!plain) {
            throw new MalformedException(
                    "Unknown parameter: the names of parameters have no capital letters.", null);
        }
        return name;
    }

    /**
     * Enters the object of a parameter, which may be null.
     *
     * @return as {@link #nextMember}
     */
    @Nullable String firstMember(String param) throws IOException {
        return jsonValues.object(param) ? nextMember() : null;
    }

    /**
     * Moves to the value of the next member. Returns its name, or null at the end of the object.
     */
    public @Nullable String nextMember() throws IOException {
        return JsonValues.nextMember(in);
    }

    boolean isNull() {
        return in.hasToken(JsonToken.VALUE_NULL);
    }

    public String model(String name) throws IOException {
        String text = jsonValues.text(name, LONGEST_MODEL);
        if (text == null) {
            throw MalformedException.type(name, "a string", "null");
        }
        return text;
    }

    /** Records the use of an object of unknown content; null uses none. */
    void reference(String name) throws IOException {
        facts.bounded &= jsonValues.text(name, LONGEST_ID) == null;
    }

    /** Records the use of an object whose items OpenAI reads again. */
    void recall(String name) throws IOException {
        boolean none = jsonValues.text(name, LONGEST_ID) == null;
        facts.bounded &= none;
        facts.recalls |= !none;
    }

    /** Records the file that holds the work; null names none. */
    void file(String name) throws IOException {
        facts.file = jsonValues.text(name, LONGEST_ID);
        facts.bounded &= facts.file == null;
    }

    void limitOutput(String name) throws IOException {
        Integer given = jsonValues.count(name, 0, Integer.MAX_VALUE);
        if (given != null) {
            facts.limitOutput(given);
        }
    }

    /** A count with the default 1. */
    long factor(String name, int most) throws IOException {
        return jsonValues.count(name, 1, most, 1);
    }

    /** Scans the messages of a conversation, or a part of one. */
    void messages(String name) throws IOException {
        input.member(Part.MESSAGES, name);
    }

    /** Records the type of an item. For most types OpenAI may read more than the request holds. */
    void item(String type) {
        facts.bounded &= InputScanner.isBounded(type);
    }

    public void other(String name) throws IOException {
        input.member(Part.OTHER, name);
    }

    /** Scans a member of a tool. The tool reads the objects that it names, not the model. */
    void tool(String name) throws IOException {
        boolean bounded = facts.bounded;
        boolean countable = facts.countable;
        input.member(Part.OTHER, name);
        facts.bounded = bounded;
        facts.countable = countable;
    }

    public void skip() throws IOException {
        in.skipChildren();
    }
}
