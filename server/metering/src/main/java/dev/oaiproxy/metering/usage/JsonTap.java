package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.usage.object.ParsedResponse;
import dev.oaiproxy.metering.usage.object.ResponseReader;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.metering.usage.object.UsageSchema;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * Reads a response of one JSON object as it passes. Every byte passes at once and unchanged.
 *
 * <p>The usage is final once the object is closed, so the closing brace is among the bytes that
 * wait for the charge. A body that is not JSON states no usage. A body that breaks off after the
 * usage states it.
 */
final class JsonTap implements Tap {
    private final ResponseReader reader;
    private final Function<ParsedResponse, UsageResult> meaning;
    private boolean ended;

    /** A tap for a response of which only the usage counts. */
    JsonTap(UsageSchema schema) {
        this(schema, ParsedResponse::reading);
    }

    JsonTap(UsageSchema schema, Function<ParsedResponse, UsageResult> meaning) {
        this.reader = new ResponseReader(new ParsedResponse(schema));
        this.meaning = meaning;
    }

    @Override
    public ByteBuffer pass(ByteBuffer bytes) {
        ByteBuffer same = bytes.slice();
        byte[] array = bytes.hasArray() ? bytes.array() : copy(bytes);
        int from = bytes.hasArray() ? bytes.arrayOffset() + bytes.position() : 0;
        reader.take(array, from, from + bytes.remaining());
        bytes.position(bytes.limit());
        return same;
    }

    private static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }

    @Override
    public ByteBuffer end() {
        ended = true;
        reader.close();
        return NOTHING.duplicate();
    }

    @Override
    public boolean isFinal() {
        return ended || reader.answer().ended();
    }

    @Override
    public boolean hasBegun() {
        return reader.answer().hasBegun();
    }

    @Override
    public UsageResult reading() {
        return meaning.apply(reader.answer());
    }
}
