package dev.oaiproxy.metering.request.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Builds JSON from pieces of other JSON, whose bytes stay the same. */
public final class RawJson {
    private final JsonParser in;
    private final byte[] source;
    private final ByteArrayOutputStream out;
    private boolean first = true;

    public RawJson(JsonParser in, byte[] source) {
        this.in = in;
        this.source = source;
        this.out = new ByteArrayOutputStream(source.length + 64);
    }

    /** Begins an object or a list, as a value or as the next element. */
    public void open(char bracket) {
        comma();
        out.write(bracket);
        first = true;
    }

    public void close(char bracket) {
        out.write(bracket);
        first = false;
    }

    public void name(String name) {
        comma();
        write("\"" + name + "\":");
        first = true;
    }

    /** Writes a member whose value is a plain word. */
    public void member(String name, String word) {
        name(name);
        comma();
        write("\"" + word + "\"");
    }

    public void no(String name) {
        name(name);
        comma();
        write("false");
    }

    /** Writes a member with the parser's current value, and moves to the end of that value. */
    public void copy(String name) throws IOException {
        name(name);
        comma();
        int from = (int) in.currentTokenLocation().getByteOffset();
        out.write(source, from, end(from) - from);
    }

    private int end(int from) throws IOException {
        if (!in.hasToken(JsonToken.VALUE_STRING)) {
            in.skipChildren();
            in.finishToken();
            return (int) in.currentLocation().getByteOffset();
        }
        int at = from + 1;
        while (source[at] != '"') {
            at += source[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    /** Writes one element of a list. */
    public interface Element {
        void write() throws IOException;
    }

    /** Writes a list with as many elements as the parser's current list. */
    public void list(String name, Element element) throws IOException {
        name(name);
        open('[');
        while (in.nextToken() != JsonToken.END_ARRAY) {
            element.write();
        }
        close(']');
    }

    public byte[] bytes() {
        return out.toByteArray();
    }

    private void comma() {
        if (!first) {
            out.write(',');
        }
        first = false;
    }

    private void write(String text) {
        out.writeBytes(text.getBytes(UTF_8));
    }
}
