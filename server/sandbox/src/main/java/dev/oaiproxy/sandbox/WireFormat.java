package dev.oaiproxy.sandbox;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Encodings of the same response on the wire. */
public enum WireFormat {
    PLAIN,
    /** Events whose lines end in CR LF. */
    CRLF,
    /** Events that are sent one byte at a time. */
    BYTES,
    MULTILINE,
    COMMENTS,
    /** Compression with gzip, if the client accepts it. */
    GZIP;

    static Optional<WireFormat> named(String name) {
        return Arrays.stream(values())
                .filter(wire -> wire.name().toLowerCase(Locale.ROOT).equals(name))
                .findAny();
    }

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

    /** The data of an event, on several lines where the format needs them. */
    public String data(ObjectNode json) {
        return this == MULTILINE ? json.toPrettyString() : json.toString();
    }
}
