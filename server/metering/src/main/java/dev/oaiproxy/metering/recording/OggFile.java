package dev.oaiproxy.metering.recording;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Ogg with Opus or Vorbis (RFC 3533). All packets of all streams count. Bytes after the last valid
 * page count as packets of silence, which take at least two bytes each. The length of any other
 * stream is bounded by its size.
 */
final class OggFile {
    private static final int HEAD_BYTES = 27;
    private static final int MOST_STREAMS = 1024;
    private static final int FULL_SEGMENT = 255;
    private static final int BEGIN = 2;
    private static final double SECONDS_PER_BYTE = OpusPacket.LONGEST_SECONDS / 2;
    private static final int[] CHECKSUMS = checksums();

    private final AudioBytes in;
    private final Map<Long, Stream> streams = new HashMap<>();
    private double seconds;
    private double claimed;

    OggFile(AudioBytes in) {
        this.in = in;
    }

    Optional<Length> length() {
        int at = 0;
        int end = page(at);
        while (end > at && streams.size() <= MOST_STREAMS) {
            at = end;
            end = page(at);
        }
        return at == 0
                ? Optional.empty()
                : Optional.of(new Length(seconds + (in.length() - at) * SECONDS_PER_BYTE, claimed));
    }

    /** Reads a page. The result is the offset after it, or its own offset if it is no page. */
    private int page(int at) {
        if (!in.says(at, "OggS") || !in.has(at, HEAD_BYTES) || in.u8(at + 4) != 0) {
            return at;
        }
        int segments = in.u8(at + 26);
        int content = at + HEAD_BYTES + segments;
        if (!in.has(at, HEAD_BYTES + segments)) {
            return at;
        }
        int end = content;
        for (int i = 0; i < segments; i++) {
            end += in.u8(at + HEAD_BYTES + i);
        }
        if (end > in.length() || checksum(at, end) != (int) in.u32Little(at + 22)) {
            return at;
        }
        long serial = in.u32Little(at + 14);
        if ((in.u8(at + 5) & BEGIN) != 0) {
            streams.put(serial, Stream.of(in, content));
        }
        Stream stream = streams.get(serial);
        if (stream == null || stream.rate == 0) {
            seconds += Recording.bySize(end - at);
        } else {
            claimed = Math.max(claimed, in.u64Little(at + 6) / stream.rate);
            packets(stream, at, segments);
        }
        return end;
    }

    private void packets(Stream stream, int page, int segments) {
        int at = page + HEAD_BYTES + segments;
        for (int i = 0; i < segments; i++) {
            int size = in.u8(page + HEAD_BYTES + i);
            for (int j = 0; j < Math.min(size, 2); j++) {
                stream.add(in.u8(at + j));
            }
            stream.bytes += size;
            if (size < FULL_SEGMENT) {
                seconds += stream.endPacket();
            }
            at += size;
        }
    }

    private int checksum(int from, int to) {
        int sum = 0;
        for (int at = from; at < to; at++) {
            // The checksum's own field counts as zero.
            int octet = at >= from + 22 && at < from + 26 ? 0 : in.u8(at);
            sum = sum << 8 ^ CHECKSUMS[sum >>> 24 ^ octet];
        }
        return sum;
    }

    /** The table of CRC-32 with the polynomial 0x04c11db7, not reflected. */
    private static int[] checksums() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int sum = i << 24;
            for (int bit = 0; bit < 8; bit++) {
                sum = sum < 0 ? sum << 1 ^ 0x04C1_1DB7 : sum << 1;
            }
            table[i] = sum;
        }
        return table;
    }

    private static final class Stream {
        private static final int OPUS_RATE = 48_000;

        /** Samples per second; 0 for a stream with unknown packets. */
        private final double rate;

        /**
         * The duration of the longest Vorbis packet; 0 for Opus, whose packets state their
         * duration.
         */
        private final double packet;

        /** The bytes of the current packet so far. */
        private int bytes;

        private int seen;
        private final int[] begin = new int[2];

        private Stream(double rate, double packet) {
            this.rate = rate;
            this.packet = packet;
        }

        static Stream of(AudioBytes in, int at) {
            return in.says(at, "OpusHead")
                    ? new Stream(OPUS_RATE, 0)
                    : VorbisHead.at(in, at)
                            .map(head -> new Stream(head.rate(), head.packetSeconds()))
                            .orElseGet(() -> new Stream(0, 0));
        }

        void add(int octet) {
            if (seen < begin.length) {
                begin[seen] = octet;
                seen++;
            }
        }

        double endPacket() {
            double seconds = packet > 0 ? packet : OpusPacket.seconds(bytes, begin[0], begin[1]);
            bytes = 0;
            seen = 0;
            return seconds;
        }
    }
}
