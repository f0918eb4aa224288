package dev.oaiproxy.metering.recording;

/**
 * The seconds of a recording.
 *
 * @param decoded the most seconds that a decoder can get from the bytes
 * @param claimed the seconds that a header states, or 0 if it states none
 */
record Length(double decoded, double claimed) {
    /** The larger of both numbers, with the claimed one counted only up to a bound. */
    double within(double most) {
        return Math.max(decoded, Math.min(claimed, most));
    }
}
