package dev.oaiproxy.server.catalogue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The members of a line as they come. */
final class BatchLineReader {
    private static final int LONGEST_TEXT = 512;

    /** The proxy makes these each user's own, and cannot edit a file that OpenAI has. */
    private static final Set<String> SHARED = Set.of("prompt_cache_key", "safety_identifier");

    private final byte[] line;
    private final Set<String> seen = new HashSet<>();
    private @Nullable String customId;
    private @Nullable String method;
    private @Nullable String url;
    private byte @Nullable [] body;

    BatchLineReader(byte[] line) {
        this.line = line;
    }

    /** What its user calls it, as far as that was read. */
    @Nullable String customId() {
        return customId;
    }

    BatchLine read(JsonParser in, String endpoint) throws IOException {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw new MalformedException("The line is not a JSON object.", null);
        }
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            if (!seen.add(name)) {
                throw MalformedException.twice(name);
            }
            in.nextToken();
            member(name, in);
        }
        if (in.nextToken() != null) {
            throw new MalformedException("More follows the end of the object.", null);
        }
        return checked(endpoint);
    }

    private void member(String name, JsonParser in) throws IOException {
        Values values = new Values(in);
        switch (name) {
            case "custom_id" -> customId = values.text(name, LONGEST_TEXT);
            case "method" -> method = values.text(name, LONGEST_TEXT);
            case "url" -> url = values.text(name, LONGEST_TEXT);
            case "body" -> body = values.object(name) ? body(in) : null;
            default ->
                    throw new MalformedException(
                            "A line has custom_id, method, url and body, and nothing else.", null);
        }
    }

    private byte[] body(JsonParser in) throws IOException {
        int from = (int) in.currentTokenLocation().getByteOffset();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            in.nextToken();
            if (SHARED.contains(name) && !in.hasToken(JsonToken.VALUE_NULL)) {
                throw new MalformedException(
                        "This proxy does not take '%s' in a batch; leave it out.".formatted(name),
                        name);
            }
            in.skipChildren();
        }
        return Arrays.copyOfRange(line, from, (int) in.currentLocation().getByteOffset());
    }

    private BatchLine checked(String endpoint) throws MalformedException {
        String id = customId;
        byte[] request = body;
        if (id == null || request == null) {
            throw MalformedException.missing(id == null ? "custom_id" : "body");
        }
        if (!"POST".equals(method)) {
            throw MalformedException.value("method", "POST");
        }
        if (!endpoint.equals(url)) {
            throw MalformedException.value("url", "the batch's endpoint, " + endpoint);
        }
        return new BatchLine.Request(id, request);
    }
}
