package dev.oaiproxy.metering.usage;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.usage.EventCollector.Span;
import dev.oaiproxy.metering.usage.object.ParsedResponse;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream of events as it passes, and keeps at most one short event in memory. A long event
 * is read in parts, such as an image of many megabytes with the usage at its end. Every byte passes
 * at once and unchanged.
 */
final class EventTap implements Tap {
    /** The longest event that is read at once. Most events are deltas and far shorter. */
    static final int LONGEST_WHOLE = 64 * 1024;

    private static final MemberSearch DELTA = new MemberSearch("delta");
    private static final MemberSearch RESPONSE = new MemberSearch("response");
    private static final MemberSearch USAGE = new MemberSearch("usage");
    private static final MemberSearch ITEM = new MemberSearch("item");
    private static final MemberSearch ERROR = new MemberSearch("error");

    private final UsageEvents usageEvents;
    private final EventCollector events;
    private @Nullable EventReader inParts;
    private boolean closed;
    private boolean begun;

    EventTap(UsageEvents usageEvents, Lease lease) {
        this.usageEvents = usageEvents;
        this.events = new EventCollector(lease, LONGEST_WHOLE);
    }

    @Override
    public ByteBuffer pass(ByteBuffer bytes) {
        ByteBuffer same = bytes.slice();
        while (bytes.hasRemaining()) {
            if (events.takesRestOfLineEnd(bytes)) {
                continue;
            }
            if (events.take(bytes)) {
                finishEvent();
            } else if (events.overlong()) {
                readPart();
            }
        }
        return same;
    }

    @Override
    public ByteBuffer end() {
        if (events.length() > 0 || events.overlong()) {
            finishEvent();
        }
        closed = true;
        return NOTHING.duplicate();
    }

    private void readPart() {
        int from = 0;
        if (inParts == null) {
            inParts = new EventReader(usageEvents.next());
            from = events.start();
        }
        inParts.take(events.event(), from, events.length());
        events.drop();
    }

    private void finishEvent() {
        List<Span> lines = events.data();
        if (events.overlong() || isWorthReading(lines)) {
            readPart();
        } else {
            begun |= !lines.isEmpty();
        }
        EventReader read = inParts;
        inParts = null;
        events.next();
        if (read != null) {
            ParsedResponse event = read.end();
            if (event.ended()) {
                usageEvents.take(event);
            }
        }
    }

    /**
     * True if an event must be parsed. Most events are deltas, which are not. A needless parse does
     * no harm.
     */
    private boolean isWorthReading(List<Span> lines) {
        if (lines.size() != 1) {
            return !lines.isEmpty();
        }
        byte[] event = events.event();
        Span line = lines.getFirst();
        return !DELTA.finds(event, line)
                || RESPONSE.finds(event, line)
                || USAGE.finds(event, line)
                || ITEM.finds(event, line)
                || ERROR.finds(event, line);
    }

    @Override
    public boolean isFinal() {
        return closed || usageEvents.ended();
    }

    @Override
    public boolean hasBegun() {
        return begun || usageEvents.hasBegun();
    }

    @Override
    public UsageResult reading() {
        return closed ? usageEvents.readingAtEnd() : usageEvents.reading();
    }
}
