package dev.oaiproxy.metering.recording;

import java.util.Optional;

/**
 * The identification header of Vorbis I.
 *
 * @param rate samples per second
 * @param packetSeconds the longest duration of a packet, half of a long block
 */
record VorbisHead(long rate, double packetSeconds) {
    private static final int BYTES = 30;

    static Optional<VorbisHead> at(AudioBytes in, int at) {
        if (!in.says(at, "\001vorbis") || !in.has(at, BYTES)) {
            return Optional.empty();
        }
        long rate = in.u32Little(at + 12);
        int block = 1 << (in.u8(at + 28) >> 4);
        return rate == 0 ? Optional.empty() : Optional.of(new VorbisHead(rate, block / 2.0 / rate));
    }
}
