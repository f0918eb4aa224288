package dev.oaiproxy.metering.recording;

import java.util.Optional;

/**
 * FLAC (RFC 9639). A frame of silence takes a few bytes, and the header of a file can lie, so the
 * length comes from the headers of all frames. A decoder refuses a frame with a wrong checksum.
 */
record FlacFile(AudioBytes in, int rate) {
    private static final int STREAM_INFO_LENGTH = 34;
    private static final int SHORTEST_HEAD = 6;
    private static final int[] RATES = {
        0, 88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000
    };

    static Optional<Length> length(AudioBytes in, int begin) {
        int info = begin + 8;
        if ((in.u32(begin + 4) & 0x7FFF_FFFF) != STREAM_INFO_LENGTH) {
            return Optional.empty();
        }
        int rate = (int) (in.u32(info + 10) >> 12);
        long samples = (in.u32(info + 10) & 0xF) << 32 | in.u32(info + 14);
        if (rate == 0) {
            return Optional.empty();
        }
        double frames = new FlacFile(in, rate).frames(info + STREAM_INFO_LENGTH);
        return Optional.of(new Length(frames, (double) samples / rate));
    }

    private double frames(int begin) {
        double seconds = 0;
        for (int at = begin; in.has(at, SHORTEST_HEAD); at++) {
            if (in.u8(at) == 0xFF && (in.u8(at + 1) & 0xFE) == 0xF8) {
                seconds += frame(at);
            }
        }
        return seconds;
    }

    /** The seconds of the frame whose header is at an offset, or 0 if there is none. */
    private double frame(int at) {
        int blockCode = in.u8(at + 2) >> 4;
        int rateCode = in.u8(at + 2) & 0xF;
        int number = numberLength(in.u8(at + 4));
        if (blockCode == 0 || rateCode == 15 || (in.u8(at + 3) & 1) != 0 || number == 0) {
            return 0;
        }
        int afterNumber = at + 4 + number;
        int afterBlock = afterNumber + (blockCode == 6 ? 1 : blockCode == 7 ? 2 : 0);
        int end = afterBlock + (rateCode == 12 ? 1 : rateCode > 12 ? 2 : 0);
        if (!in.has(end, 1) || checksum(at, end) != in.u8(end)) {
            return 0;
        }
        int own = rate(rateCode, afterBlock);
        return own > 0 ? (double) blockSize(blockCode, afterNumber) / Math.min(rate, own) : 0;
    }

    /** The length of a coded number. The code is like UTF-8, with up to 36 bits. */
    private static int numberLength(int first) {
        int ones = Integer.numberOfLeadingZeros(~(first << 24));
        return ones == 0 ? 1 : ones == 1 || ones == 8 ? 0 : ones;
    }

    private int blockSize(int code, int at) {
        return switch (code) {
            case 1 -> 192;
            case 2, 3, 4, 5 -> 144 << code;
            case 6 -> in.u8(at) + 1;
            case 7 -> in.u16(at) + 1;
            default -> 1 << code;
        };
    }

    private int rate(int code, int at) {
        return switch (code) {
            case 0 -> rate;
            case 12 -> in.u8(at) * 1000;
            case 13 -> in.u16(at);
            case 14 -> in.u16(at) * 10;
            default -> RATES[code];
        };
    }

    /** The CRC-8 with the polynomial 0x07. */
    private int checksum(int from, int to) {
        int sum = 0;
        for (int at = from; at < to; at++) {
            sum ^= in.u8(at);
            for (int bit = 0; bit < 8; bit++) {
                sum = (sum & 0x80) == 0 ? sum << 1 : sum << 1 ^ 0x107;
            }
        }
        return sum & 0xFF;
    }
}
