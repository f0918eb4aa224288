package dev.oaiproxy.metering.recording;

import java.util.Optional;

/**
 * A recording in one of the formats that OpenAI takes. A decoder is trusted to take it for what it
 * begins with.
 */
public final class Recording {
    /** The bytes of a second where a format tells nothing: a third of Opus' lowest rate. */
    private static final double USUAL_BYTES_A_SECOND = 250;

    /** Decoders add some silence, and lengths are rounded up. */
    private static final double MARGIN_SECONDS = 1;

    /** OpenAI's guide has one for 100 ms of what is heard; half as many again for safety. */
    public static final long TOKENS_PER_SECOND = 15;

    private Recording() {}

    /** The most tokens that a model reads of a recording. */
    public static long tokens(AudioBytes bytes) {
        return seconds(bytes) * TOKENS_PER_SECOND;
    }

    /**
     * How long a recording can be at the most, in whole seconds. Where its format is not known, or
     * is not followed to the letter, its size bounds it, at 250 bytes a second.
     */
    public static long seconds(AudioBytes bytes) {
        double bySize = bySize(bytes.length());
        double most = length(bytes).map(known -> known.within(bySize)).orElse(bySize);
        return (long) Math.ceil(most + MARGIN_SECONDS);
    }

    static double bySize(long bytes) {
        return bytes / USUAL_BYTES_A_SECOND;
    }

    private static Optional<Length> length(AudioBytes bytes) {
        try {
            return read(bytes);
        } catch (IndexOutOfBoundsException endsTooEarly) {
            return Optional.empty();
        }
    }

    private static Optional<Length> read(AudioBytes bytes) {
        if (bytes.says(0, "RIFF") && bytes.says(8, "WAVE")) {
            return WavFile.length(bytes);
        }
        if (bytes.says(0, "OggS")) {
            return new OggFile(bytes).length();
        }
        if (bytes.says(4, "ftyp")) {
            return Mp4File.length(bytes);
        }
        if (bytes.has(0, 4) && bytes.u32(0) == WebmFile.HEADER) {
            return new WebmFile(bytes).length();
        }
        int begin = MpegAudio.afterTags(bytes);
        return bytes.says(begin, "fLaC")
                ? FlacFile.length(bytes, begin)
                : MpegAudio.length(bytes, begin);
    }
}
