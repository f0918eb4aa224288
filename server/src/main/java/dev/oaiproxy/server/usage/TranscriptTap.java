package dev.oaiproxy.server.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * Gives a transcript, which was asked for as JSON for the sake of its usage, in the form that the
 * client asked for. The JSON is kept until it has all come; one that is too large, or cannot be
 * turned, passes as it is.
 */
final class TranscriptTap implements Tap {
    static final int LARGEST = 8 * 1024 * 1024;

    private final TranscriptFormat asked;
    private final Tap reading;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean tooLarge;

    TranscriptTap(TranscriptFormat asked, Tap reading) {
        this.asked = asked;
        this.reading = reading;
    }

    @Override
    public ByteBuffer pass(ByteBuffer bytes) {
        ByteBuffer same = reading.pass(bytes);
        if (tooLarge) {
            return same;
        }
        byte[] copy = new byte[same.remaining()];
        same.get(copy);
        kept.writeBytes(copy);
        tooLarge = kept.size() > LARGEST;
        return tooLarge ? release() : NOTHING.duplicate();
    }

    @Override
    public ByteBuffer end() {
        reading.end();
        String turned = tooLarge ? null : Captions.of(asked, kept.toByteArray());
        return turned == null ? release() : ByteBuffer.wrap(turned.getBytes(UTF_8));
    }

    private ByteBuffer release() {
        ByteBuffer all = ByteBuffer.wrap(kept.toByteArray());
        kept.reset();
        return all;
    }

    @Override
    public boolean isFinal() {
        return reading.isFinal();
    }

    @Override
    public Reading reading() {
        return reading.reading();
    }
}
