package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.usage.object.ParsedResponse;
import dev.oaiproxy.metering.usage.object.UsageResult;

/** What the events of one stream come to, taken one by one. */
interface UsageEvents {
    /** What the next event is to be read into. */
    ParsedResponse next();

    /** Takes an event that has been read to its end. */
    void take(ParsedResponse event);

    /** Whether the last event that counts has come. */
    boolean ended();

    /** Whether an event has come that brings some of what was asked for. */
    boolean hasBegun();

    /**
     * What the stream says so far.
     *
     * @param closed whether it has been closed in good order
     */
    UsageResult reading(boolean closed);
}
