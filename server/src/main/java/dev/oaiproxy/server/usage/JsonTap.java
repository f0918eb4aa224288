package dev.oaiproxy.server.usage;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import dev.oaiproxy.server.usage.CompletionUsage.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Reads an answer that is one JSON object, as it passes, and keeps none of it but the start of the
 * string that is being read. Every byte passes at once and unchanged.
 *
 * <p>The usage is final when the object is closed, so the closing brace is in the bytes that must
 * wait for the charge. What is not JSON states no usage; what breaks off after the usage does.
 */
final class JsonTap implements Tap {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final JsonParser in;
    private final ByteArrayFeeder feeder;
    private final Answer answer;
    private final LongStrings strings = new LongStrings();
    private boolean deaf;
    private boolean ended;

    JsonTap(Kind kind) {
        try {
            in = AnswerJson.FACTORY.createNonBlockingByteArrayParser();
        } catch (IOException e) {
            throw new UncheckedIOException("a parser of nothing failed", e);
        }
        feeder = (ByteArrayFeeder) in.getNonBlockingInputFeeder();
        answer = new Answer(kind);
    }

    @Override
    public ByteBuffer pass(ByteBuffer bytes) {
        ByteBuffer same = bytes.slice();
        if (!deaf) {
            listen(bytes);
        }
        bytes.position(bytes.limit());
        return same;
    }

    private void listen(ByteBuffer bytes) {
        byte[] array = bytes.hasArray() ? bytes.array() : copy(bytes);
        int from = bytes.hasArray() ? bytes.arrayOffset() + bytes.position() : 0;
        try {
            feed(array, from, from + bytes.remaining());
        } catch (IOException e) {
            // Not JSON, which the client may see and the reading will show.
            deaf = true;
        }
        if (deaf) {
            close();
        }
    }

    private void feed(byte[] array, int from, int to) throws IOException {
        int at = from;
        while (at < to && !deaf) {
            boolean omitted = strings.omitting();
            int end = strings.endOfRun(array, at, to);
            if (!omitted && end > at) {
                feeder.feedInput(array, at, end);
                understand();
            }
            at = end;
        }
    }

    private static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }

    private void understand() throws IOException {
        JsonToken token = in.nextToken();
        while (token != null && token != JsonToken.NOT_AVAILABLE) {
            answer.take(token, in);
            deaf = answer.ended();
            token = deaf ? null : in.nextToken();
        }
    }

    private void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a parser of nothing failed", e);
        }
    }

    @Override
    public ByteBuffer end() {
        deaf = true;
        ended = true;
        close();
        return NOTHING.duplicate();
    }

    @Override
    public boolean isFinal() {
        return ended || answer.ended();
    }

    @Override
    public Reading reading() {
        CompletionUsage usage = answer.usage();
        return usage == null
                ? new Reading.Missing(answer.failed())
                : usage.reading(answer.model(), answer.tier());
    }
}
