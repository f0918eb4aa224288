package dev.oaiproxy.metering.recording;

import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * RIFF WAVE: samples of one size at one rate. Everything after the header of the data counts as
 * data, because streams leave the size open.
 */
final class WavFile {
    private static final int PCM = 1;
    private static final int FLOAT = 3;
    private static final int A_LAW = 6;
    private static final int MU_LAW = 7;
    private static final int EXTENSIBLE = 0xFFFE;
    private static final Set<Integer> SAMPLES = Set.of(PCM, FLOAT, A_LAW, MU_LAW);

    private WavFile() {}

    static Optional<Length> length(AudioBytes in) {
        long at = 12;
        int format = -1;
        while (in.has((int) at, 8)) {
            int body = (int) at + 8;
            if (in.says((int) at, "data")) {
                return format < 0 ? Optional.empty() : length(in, format, body);
            }
            if (in.says((int) at, "fmt ")) {
                if (format >= 0) {
                    return Optional.empty();
                }
                format = body;
            }
            long size = in.u32Little((int) at + 4);
            at = body + size + size % 2;
            if (at > in.length()) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<Length> length(AudioBytes in, int format, int data) {
        int tag = in.u16Little(format);
        int kind = tag == EXTENSIBLE ? in.u16Little(format + 24) : tag;
        long rate = in.u32Little(format + 4);
        if (rate == 0) {
            return Optional.empty();
        }
        long bytes = (long) in.length() - data;
        return Optional.of(
                new Length(
                        SAMPLES.contains(kind)
                                ? (double) bytes / slowest(in, format)
                                : Math.max(Recording.bySize(bytes), 8.0 * bytes / rate),
                        0));
    }

    /**
     * The lowest byte rate that any field of the header states, because decoders differ in the
     * field that they believe.
     */
    private static long slowest(AudioBytes in, int format) {
        long rate = in.u32Little(format + 4);
        long told = in.u32Little(format + 8);
        long block = in.u16Little(format + 12);
        long samples = (long) in.u16Little(format + 2) * in.u16Little(format + 14) / 8;
        return LongStream.of(told, rate * block, rate * samples)
                .filter(bytes -> bytes > 0)
                .min()
                .orElse(rate);
    }
}
