package dev.oaiproxy.metering.request.picture;

import dev.oaiproxy.metering.recording.AudioBytes;
import dev.oaiproxy.metering.recording.Recording;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The pictures and sounds found in a body so far, with their positions. */
public final class PictureCounts {
    /** The most pictures and sounds. OpenAI refuses a request with more. */
    private static final int MOST = 1_500;

    /** The most different pictures. Further ones count as pictures of unknown size. */
    private static final int MOST_DIFFERENT = 256;

    private final Map<Picture, Integer> counts = new HashMap<>();
    private final List<ByteRange> spans = new ArrayList<>();
    private int all;
    private long audioTokens;

    /**
     * A part of the body.
     *
     * @param from the offset of its first byte
     * @param to the offset after its last
     */
    public record ByteRange(int from, int to) {
        public static final ByteRange NONE = new ByteRange(0, 0);

        public int length() {
            return to - from;
        }
    }

    /**
     * Records a picture.
     *
     * @return false if there are more than a request may have
     */
    public boolean add(Picture picture, ByteRange span) {
        all++;
        if (all > MOST) {
            return false;
        }
        boolean room = counts.size() < MOST_DIFFERENT || counts.containsKey(picture);
        counts.merge(room ? picture : Picture.unmeasured(picture.detail()), 1, Integer::sum);
        if (span.length() > 0) {
            spans.add(span);
        }
        return true;
    }

    /**
     * Records a sound.
     *
     * @return false if there are more than a request may have
     */
    public boolean add(AudioBytes sound, ByteRange span) {
        all++;
        audioTokens += Recording.tokens(sound);
        spans.add(span);
        return all <= MOST;
    }

    /** Records sounds outside of text, such as the files of a form. */
    public void hear(long seconds) {
        audioTokens += Math.multiplyExact(seconds, Recording.TOKENS_PER_SECOND);
    }

    /** Records a part of the body that is not input. */
    public void skip(ByteRange span) {
        spans.add(span);
    }

    public int size() {
        return all;
    }

    public Pictures pictures() {
        return new Pictures(counts, spans.stream().mapToLong(ByteRange::length).sum(), audioTokens);
    }

    /** The body without the recorded ranges, which must be in its order. */
    public byte[] cutFrom(byte[] body) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int copied = 0;
        for (ByteRange span : spans) {
            text.write(body, copied, span.from - copied);
            copied = span.to;
        }
        text.write(body, copied, body.length - copied);
        return text.toByteArray();
    }
}
