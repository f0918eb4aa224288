package dev.oaiproxy.metering.request;

import static dev.oaiproxy.metering.request.json.JsonValues.nextMember;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the members of a line. */
final class BatchLineReader {
    private static final int LONGEST_TEXT = 512;

    /**
     * Members that the proxy makes unique to each user. It cannot edit them in a file at OpenAI.
     */
    private static final Set<String> SHARED = Set.of("prompt_cache_key", "safety_identifier");

    private static final Set<String> MEMBERS = Set.of("custom_id", "method", "url", "body");

    private final byte[] line;
    private final Set<String> seen = new HashSet<>();
    private @Nullable String customId;
    private @Nullable String method;
    private @Nullable String url;
    private byte @Nullable [] body;
    private boolean other;

    BatchLineReader(byte[] line) {
        this.line = line;
    }

    /** The custom id, or null if it was not read. */
    @Nullable String customId() {
        return customId;
    }

    BatchLine read(JsonParser in, String endpoint) throws IOException {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            return new BatchLine.Failing(null, null);
        }
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            if (!seen.add(name)) {
                throw MalformedException.twice(name);
            }
            member(name, in);
        }
        if (in.nextToken() != null) {
            return new BatchLine.Failing(customId, body);
        }
        return checked(endpoint);
    }

    private void member(String name, JsonParser in) throws IOException {
        switch (name) {
            case "custom_id" -> customId = text(in);
            case "method" -> method = text(in);
            case "url" -> url = text(in);
            case "body" -> {
                if (in.hasToken(JsonToken.START_OBJECT)) {
                    body = body(in);
                } else {
                    in.skipChildren();
                }
            }
            default -> {
                other = true;
                if (MEMBERS.contains(name.toLowerCase(Locale.ROOT))) {
                    throw nothingElse();
                }
                in.skipChildren();
            }
        }
    }

    /** A text, or null if OpenAI does not accept the value as one. */
    private static @Nullable String text(JsonParser in) throws IOException {
        if (!in.hasToken(JsonToken.VALUE_STRING)) {
            in.skipChildren();
            return null;
        }
        String text = in.getText();
        return text.isEmpty() || text.length() > LONGEST_TEXT ? null : text;
    }

    private static MalformedException nothingElse() {
        return new MalformedException(
                "A line must have custom_id, method, url and body, and nothing else.", null);
    }

    private byte[] body(JsonParser in) throws IOException {
        int from = (int) in.currentTokenLocation().getByteOffset();
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            if (SHARED.contains(name) && !in.hasToken(JsonToken.VALUE_NULL)) {
                throw new MalformedException(
                        "This proxy does not accept '%s' in a batch; leave it out.".formatted(name),
                        name);
            }
            in.skipChildren();
        }
        return Arrays.copyOfRange(line, from, (int) in.currentLocation().getByteOffset());
    }

    /**
     * The line. A line without a body has nothing to run; one with a body needs all other members
     * that OpenAI requires.
     */
    private BatchLine checked(String endpoint) throws MalformedException {
        String id = customId;
        byte[] request = body;
        if (request == null) {
            return new BatchLine.Failing(id, null);
        }
        if (other) {
            throw nothingElse();
        }
        return id == null || !"POST".equals(method) || !endpoint.equals(url)
                ? new BatchLine.Failing(id, request)
                : new BatchLine.Request(id, request);
    }
}
