package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.usage.object.ParsedResponse;
import dev.oaiproxy.metering.usage.object.UsageResult;

/** The usage of a stream, read event by event. */
interface UsageEvents {
    ParsedResponse next();

    /** Takes an event that is parsed to its end. */
    void take(ParsedResponse event);

    /** True after the last event that counts. */
    boolean ended();

    /** True after an event with some of the requested output. */
    boolean hasBegun();

    /** The usage so far. */
    UsageResult reading();

    /** The usage of a stream that has ended normally. */
    default UsageResult readingAtEnd() {
        return reading();
    }
}
