package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.usage.object.ParsedResponse;
import dev.oaiproxy.metering.usage.object.UsageResult;

/** The usage of a stream, read event by event. */
interface UsageEvents {
    ParsedResponse next();

    /** Takes an event that has been read to its end. */
    void take(ParsedResponse event);

    /** True if the last event that counts has come. */
    boolean ended();

    /** True if an event has come that brings some of what was asked for. */
    boolean hasBegun();

    /**
     * The usage so far.
     *
     * @param closed whether it has been closed in good order
     */
    UsageResult reading(boolean closed);
}
