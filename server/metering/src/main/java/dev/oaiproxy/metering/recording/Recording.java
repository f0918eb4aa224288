package dev.oaiproxy.metering.recording;

import java.util.Optional;

/** A recording in one of OpenAI's formats. Its first bytes decide the format, as in a decoder. */
public final class Recording {
    /** The bytes per second if the format states nothing: a third of the lowest rate of Opus. */
    private static final double USUAL_BYTES_A_SECOND = 250;

    /** A margin, since decoders add some silence and lengths are rounded up. */
    private static final double MARGIN_SECONDS = 1;

    /**
     * The input tokens per second. OpenAI's guide states one for 100 ms; half of that is added for
     * safety.
     */
    public static final long TOKENS_PER_SECOND = 15;

    private Recording() {}

    /** The most tokens that a model reads of a recording. */
    public static long tokens(AudioBytes bytes) {
        return seconds(bytes) * TOKENS_PER_SECOND;
    }

    /**
     * The longest possible length of a recording in whole seconds. If its format is unknown, or a
     * file departs from the format, the size is the bound, at 250 bytes per second.
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
