package dev.oaiproxy.metering.recording;

/** The length of an Opus packet, which its first two bytes tell; RFC 6716, section 3.1. */
final class OpusPacket {
    /** No packet is longer. */
    static final double LONGEST_SECONDS = 0.12;

    /** Frame durations of the modes with linear prediction, in milliseconds. */
    private static final double[] SLOW = {10, 20, 40, 60};

    /** Frame durations of the other modes, in milliseconds. */
    private static final double[] FAST = {2.5, 5, 10, 20};

    private OpusPacket() {}

    /**
     * @param bytes how many the packet has; what is missing of an empty one is made up in its
     *     greatest length
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
