package dev.oaiproxy.metering.usage;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.metering.usage.EventCollector.Span;
import dev.oaiproxy.metering.usage.object.ParsedResponse;
import dev.oaiproxy.metering.usage.object.ResponseJson;
import dev.oaiproxy.metering.usage.object.UsageSchema;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One parsed chunk of a stream.
 *
 * @param response its content
 * @param usage the range of its {@code usage} member with one comma, in bytes from the start of the
 *     chunk; empty if there is none
 */
record ChatChunk(ParsedResponse response, Span usage) {
    /** Reads a chunk; null if it is not a JSON object. */
    static @Nullable ChatChunk read(UsageSchema schema, byte[] bytes, Span json) {
        try (JsonParser in = ResponseJson.FACTORY.createParser(bytes, json.from(), json.length())) {
            ParsedResponse response = new ParsedResponse(schema);
            Span member = read(in, response);
            Span usage = member == null ? Span.NOTHING : withComma(bytes, json, member);
            return response.ended() ? new ChatChunk(response, usage) : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Reads the chunk to its end, and returns the range of the usage member. */
    private static @Nullable Span read(JsonParser in, ParsedResponse response) throws IOException {
        int from = 0;
        Span member = null;
        for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
            response.take(token, in);
            if (!response.after("usage")) {
                continue;
            }
            if (token == JsonToken.FIELD_NAME) {
                from = (int) in.currentTokenLocation().getByteOffset();
            } else {
                // The end of a string is only known once it has been read.
                in.finishToken();
                member = new Span(from, (int) in.currentLocation().getByteOffset());
            }
        }
        return member;
    }

    /**
     * The range with the comma before the member. For a first member, the range includes the comma
     * and the white space after it.
     */
    private static Span withComma(byte[] bytes, Span json, Span member) {
        int before = member.from() - 1;
        while (space(bytes[json.from() + before])) {
            before--;
        }
        if (bytes[json.from() + before] == ',') {
            return new Span(before, member.to());
        }
        int after = skip(bytes, json.from() + member.to());
        if (bytes[after] == ',') {
            return new Span(member.from(), skip(bytes, after + 1) - json.from());
        }
        return member;
    }

    private static int skip(byte[] bytes, int from) {
        int at = from;
        while (space(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean space(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }
}
