package dev.oaiproxy.sandbox;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The shapes that one and the same answer may have on the wire. */
public enum WireFormat {
    /** As OpenAI sends it. */
    PLAIN,
    /** Events whose lines end in CR LF. */
    CRLF,
    /** Events that come a byte at a time. */
    BYTES,
    /** Events with several lines of data. */
    MULTILINE,
    /** Events with comments between them. */
    COMMENTS,
    /** Compressed, where the client accepts that. */
    GZIP;

    static Optional<WireFormat> named(String name) {
        return Arrays.stream(values())
                .filter(wire -> wire.name().toLowerCase(Locale.ROOT).equals(name))
                .findAny();
    }

    /** The text of an event. */
    public String event(String name, String json) {
        String head = name.isEmpty() ? "" : "event: " + name + "\n";
        return switch (this) {
            case PLAIN, BYTES, GZIP -> head + "data: " + json + "\n\n";
            case CRLF -> (head + "data: " + json + "\n\n").replace("\n", "\r\n");
            case COMMENTS -> ": ping\n\n" + head + ":\ndata: " + json + "\n\n";
            case MULTILINE ->
                    json.lines().map(l -> "data: " + l + "\n").collect(joining("", head, "\n"));
        };
    }

    /** The text of an event's data, broken into lines where the shape asks for that. */
    public String data(ObjectNode json) {
        return this == MULTILINE ? json.toPrettyString() : json.toString();
    }
}
