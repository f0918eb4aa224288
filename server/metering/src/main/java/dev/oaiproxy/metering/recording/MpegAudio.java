package dev.oaiproxy.metering.recording;

import java.util.Optional;

/**
 * MP3 and the other layers of MPEG audio: consecutive frames. After the first frame a decoder finds
 * all frames that follow without a gap. The length of anything after a gap is bounded by its size.
 */
final class MpegAudio {
    private static final int FEWEST_FRAMES = 3;

    /**
     * The header bits that all frames of a stream share: sync word, version, layer and sample rate.
     */
    private static final long SHARED = 0xFFFE_0C00L;

    private static final int[] RATES = {44_100, 48_000, 32_000};

    /** Bit rates in kbit/s, by version (1, or 2 and 2.5), layer and index. */
    private static final int[][] BITRATES_1 = {
        {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}
    };

    private static final int[][] BITRATES_2 = {
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
    };

    private MpegAudio() {}

    /** The end of the ID3 tags before a recording. */
    static int afterTags(AudioBytes in) {
        int at = 0;
        while (in.says(at, "ID3") && in.has(at, 10)) {
            int size = 0;
            for (int i = 6; i < 10; i++) {
                size = size << 7 | (in.u8(at + i) & 0x7F);
            }
            int footer = (in.u8(at + 5) & 0x10) == 0 ? 0 : 10;
            at = (int) Math.min(in.length(), at + 10L + size + footer);
        }
        return at;
    }

    static Optional<Length> length(AudioBytes in, int begin) {
        long first = in.u32(begin);
        int at = begin;
        int count = 0;
        double seconds = 0;
        while (in.has(at, 4)) {
            Frame frame = new Frame(in.u32(at));
            if (!frame.isSound() || ((frame.head ^ first) & SHARED) != 0) {
                break;
            }
            seconds += frame.seconds();
            at += frame.bytes();
            count++;
        }
        if (count < FEWEST_FRAMES) {
            return Optional.empty();
        }
        double behind = Recording.bySize(Math.max(0, in.length() - at));
        return Optional.of(new Length(seconds + behind, claimed(in, begin, new Frame(first))));
    }

    /** The seconds in the header that an encoder wrote into the first frame. */
    private static double claimed(AudioBytes in, int begin, Frame frame) {
        int tag = begin + 4 + frame.sideBytes();
        boolean xing = in.says(tag, "Xing") || in.says(tag, "Info");
        if (xing && (in.u32(tag + 4) & 1) != 0) {
            return in.u32(tag + 8) * frame.seconds();
        }
        int other = begin + 36;
        return in.says(other, "VBRI") ? in.u32(other + 14) * frame.seconds() : 0;
    }

    /**
     * The header of a frame.
     *
     * @param head its four bytes
     */
    private record Frame(long head) {
        boolean isSound() {
            return head >> 21 == 0x7FF
                    && version() != 1
                    && layer() < 3
                    && bits(12, 4) % 15 != 0
                    && bits(10, 2) != 3;
        }

        private int bits(int shift, int count) {
            return (int) (head >> shift) & (1 << count) - 1;
        }

        /** The version field: 3 is MPEG 1, 2 is MPEG 2, and 0 is MPEG 2.5. */
        private int version() {
            return bits(19, 2);
        }

        /** The layer, from 0 for layer I; 3 is reserved. */
        private int layer() {
            return 3 - bits(17, 2);
        }

        private int rate() {
            int slower = version() == 3 ? 0 : version() == 2 ? 1 : 2;
            return RATES[bits(10, 2)] >> slower;
        }

        private int samples() {
            return layer() == 0 ? 384 : layer() == 2 && version() != 3 ? 576 : 1152;
        }

        double seconds() {
            return (double) samples() / rate();
        }

        int bytes() {
            int[][] table = version() == 3 ? BITRATES_1 : BITRATES_2;
            int bitrate = table[layer()][bits(12, 4)] * 1000;
            int slot = layer() == 0 ? 4 : 1;
            return (samples() / 8 / slot * bitrate / rate() + bits(9, 1)) * slot;
        }

        /** The bytes of side information between the header and the sound of layer III. */
        int sideBytes() {
            boolean mono = bits(6, 2) == 3;
            return version() == 3 ? (mono ? 17 : 32) : mono ? 9 : 17;
        }
    }
}
