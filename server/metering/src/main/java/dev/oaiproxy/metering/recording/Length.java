package dev.oaiproxy.metering.recording;

/**
 * The seconds of a recording.
 *
 * @param decoded the most that a decoder can make of the bytes
 * @param claimed what a header says, or 0 where it says nothing
 */
record Length(double decoded, double claimed) {
    /** The larger of both, where a claim counts up to a bound. */
    double within(double most) {
        return Math.max(decoded, Math.min(claimed, most));
    }
}
