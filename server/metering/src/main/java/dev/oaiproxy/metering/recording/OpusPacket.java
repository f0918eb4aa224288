package dev.oaiproxy.metering.recording;

/** The duration of an Opus packet, which its first two bytes state (RFC 6716, section 3.1). */
final class OpusPacket {
    /** The longest duration of a packet. */
    static final double LONGEST_SECONDS = 0.12;

    /** Frame durations of the modes with linear prediction, in milliseconds. */
    private static final double[] SLOW = {10, 20, 40, 60};

    /** Frame durations of the other modes, in milliseconds. */
    private static final double[] FAST = {2.5, 5, 10, 20};

    private OpusPacket() {}

    /**
     * The duration of a packet. An empty packet is lost, and a decoder conceals it for the longest
     * duration.
     *
     * @param bytes the size of the packet
     */
    static double seconds(int bytes, int first, int second) {
        if (bytes == 0) {
            return LONGEST_SECONDS;
        }
        int mode = first >> 3;
        double frame = mode < 12 ? SLOW[mode & 3] : mode < 16 ? SLOW[mode & 1] : FAST[mode & 3];
        int frames =
                switch (first & 3) {
                    case 0 -> 1;
                    case 1, 2 -> 2;
                    default -> bytes == 1 ? 0 : second & 0x3F;
                };
        return Math.min(LONGEST_SECONDS, frames * frame / 1000);
    }
}
