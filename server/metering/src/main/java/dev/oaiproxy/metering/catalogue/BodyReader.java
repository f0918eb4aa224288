package dev.oaiproxy.metering.catalogue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.metering.catalogue.InputScan.Part;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** A body under the parser, and what has been found in it. */
final class BodyReader {
    private static final int LONGEST_MODEL = 256;
    private static final int LONGEST_ID = 128;

    final JsonParser in;
    final Values values;
    final Found found = new Found();
    private final InputScan input;
    private final Set<String> seen = new HashSet<>();

    /**
     * @param body what the parser parses
     */
    BodyReader(JsonParser in, byte[] body) {
        this.in = in;
        this.values = new Values(in);
        this.input = new InputScan(in, body, found);
    }

    /** Refuses a second member of that name: another parser might take the other one. */
    String once(String name) throws MalformedException {
        if (!seen.add(name)) {
            throw MalformedException.twice(name);
        }
        return name;
    }

    /** Refuses a name that is another one to a parser that does not mind case. */
    String plain(String name) throws MalformedException {
        boolean plain = name.chars().allMatch(c -> c < 0x80 && (c < 'A' || c > 'Z'));
        if (!plain) {
            throw new MalformedException(
                    "Unknown parameter: the names of parameters have no capital letters.", null);
        }
        return name;
    }

    boolean isNull() {
        return in.hasToken(JsonToken.VALUE_NULL);
    }

    String model(String name) throws IOException {
        String text = values.text(name, LONGEST_MODEL);
        if (text == null) {
            throw MalformedException.type(name, "a string", "null");
        }
        return text;
    }

    /** Notes that an object is used, whatever it holds; null is none. */
    void reference(String name) throws IOException {
        found.bounded &= values.text(name, LONGEST_ID) == null;
    }

    /** The same of one whose items are read again. */
    void recall(String name) throws IOException {
        boolean none = values.text(name, LONGEST_ID) == null;
        found.bounded &= none;
        found.recalls |= !none;
    }

    /** Notes the file that says what there is to do; null is none. */
    void file(String name) throws IOException {
        found.file = values.text(name, LONGEST_ID);
        found.bounded &= found.file == null;
    }

    void limitOutput(String name) throws IOException {
        Integer given = values.count(name, 0, Integer.MAX_VALUE);
        if (given != null) {
            found.limitOutput(given);
        }
    }

    /** A count that is 1 when it is not given. */
    long factor(String name, int most) throws IOException {
        Integer given = values.count(name, 1, most);
        return given == null ? 1 : given;
    }

    /** Goes through the messages of a conversation, or a part of one. */
    void messages(String name) throws IOException {
        input.member(Part.MESSAGES, name);
    }

    /** Notes that an item is of a type; of most, more may be read than the request holds. */
    void item(String type) {
        found.bounded &= InputScan.isBounded(type);
    }

    /** Goes through any other member. */
    void other(String name) throws IOException {
        input.member(Part.OTHER, name);
    }

    /** Goes through a member of a tool: what it names is read by the tool, not by the model. */
    void tool(String name) throws IOException {
        boolean bounded = found.bounded;
        boolean countable = found.countable;
        input.member(Part.OTHER, name);
        found.bounded = bounded;
        found.countable = countable;
    }

    void skip() throws IOException {
        in.skipChildren();
    }
}
