package dev.oaiproxy.metering.usage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.usage.EventCollector.Span;
import dev.oaiproxy.metering.usage.object.ParsedResponse;
import dev.oaiproxy.metering.usage.object.UsageObject;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.metering.usage.object.UsageSchema;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream of chat chunks as it passes, and keeps at most one event in memory.
 *
 * <p>The usage is final at {@code [DONE]} or at the end of the stream. If several chunks state a
 * usage, the largest counts: OpenAI sends none beside choices, but other servers send one that
 * grows. An event that is too long, or for which there is no memory, passes unchanged and is read
 * in parts. Anything other than JSON passes unread.
 */
final class ChatStreamTap implements Tap {
    private static final byte[] DONE = "[DONE]".getBytes(US_ASCII);
    private static final int MOST_KEPT_FOR_REUSE = 16 * 1024;
    private static final MemberSearch USAGE = new MemberSearch("usage");
    private static final MemberSearch ERROR = new MemberSearch("error");

    private final boolean strip;
    private final UsageSchema schema;
    private final EventCollector events;
    private Output out = new Output();
    private @Nullable EventReader inParts;

    private boolean keptLast = true;
    private boolean ended;
    private boolean done;
    private @Nullable String model;
    private @Nullable String tier;
    private @Nullable UsageObject usage;
    private boolean usageStoodAlone;
    private boolean failed;
    private boolean begun;

    ChatStreamTap(RequestFacts.Flow flow, UsageSchema schema, Lease lease) {
        this.strip = !flow.usageWanted();
        this.schema = schema;
        this.events = new EventCollector(lease, EventCollector.LONGEST_EVENT);
    }

    private static final class Output extends ByteArrayOutputStream {
        private ByteBuffer view() {
            return ByteBuffer.wrap(buf, 0, count);
        }

        /**
         * An empty output. The memory of a long event is not kept for the short ones that follow.
         */
        private Output emptied() {
            reset();
            return buf.length > MOST_KEPT_FOR_REUSE ? new Output() : this;
        }
    }

    @Override
    public ByteBuffer pass(ByteBuffer bytes) {
        ByteBuffer same = bytes.slice();
        out = out.emptied();
        while (bytes.hasRemaining()) {
            if (events.takesRestOfLineEnd(bytes)) {
                emitRestOfLineEnd();
            } else if (events.take(bytes)) {
                finishEvent();
            } else if (events.overlong()) {
                passPart();
            }
        }
        return strip ? out.view() : same;
    }

    @Override
    public ByteBuffer end() {
        out = out.emptied();
        if (events.length() > 0 || events.overlong()) {
            finishEvent();
        }
        ended = true;
        return out.view();
    }

    @Override
    public boolean isFinal() {
        return ended;
    }

    @Override
    public boolean hasBegun() {
        return begun;
    }

    @Override
    public UsageResult reading() {
        boolean broken = failed || (ended && !done && model != null);
        return usage == null ? new UsageResult.Missing(broken) : usage.reading(model, tier);
    }

    private void passPart() {
        int from = 0;
        if (inParts == null) {
            inParts = new EventReader(new ParsedResponse(schema));
            from = events.start();
        }
        inParts.take(events.event(), from, events.length());
        emit(0, events.length());
        events.drop();
    }

    private void finishEvent() {
        keptLast = true;
        if (events.overlong()) {
            finishParts();
        } else {
            List<Span> lines = events.data();
            if (lines.isEmpty()) {
                emit(0, events.length());
            } else {
                finishData(lines);
            }
        }
        events.next();
    }

    private void finishParts() {
        passPart();
        EventReader read = inParts;
        inParts = null;
        ParsedResponse response = read == null ? null : read.end();
        if (response != null && response.ended() && !ended) {
            learn(response);
        }
    }

    private void finishData(List<Span> lines) {
        boolean whole = lines.size() == 1;
        byte[] bytes = whole ? events.event() : events.joined(lines);
        Span data = whole ? lines.getFirst() : new Span(0, bytes.length);
        done |= Arrays.equals(bytes, data.from(), data.to(), DONE, 0, DONE.length);
        ended |= done;
        Span usageless = strip && whole && model != null ? nullUsage(bytes, data) : Span.NOTHING;
        if (usageless.length() > 0) {
            begun |= !ended;
            emitWithout(usageless, lines);
            return;
        }
        ChatChunk chatChunk = worthReading(lines) ? ChatChunk.read(schema, bytes, data) : null;
        if (chatChunk != null && !ended) {
            learn(chatChunk.response());
        } else {
            begun |= !ended;
        }
        keptLast = chatChunk == null || !usageOnly(chatChunk.response());
        if (keptLast) {
            emitWithout(chatChunk == null ? Span.NOTHING : chatChunk.usage(), lines);
        }
    }

    /**
     * True if a chunk must be parsed. Most chunks are deltas. They are not parsed once the model is
     * known, unless a usage must be removed from them. A needless parse does no harm.
     */
    private boolean worthReading(List<Span> lines) {
        if (model == null || lines.size() > 1) {
            return true;
        }
        byte[] event = events.event();
        Span line = lines.getFirst();
        return (strip ? USAGE.finds(event, line) : USAGE.findsMoreThanNull(event, line))
                || ERROR.findsMoreThanNull(event, line);
    }

    /**
     * The range of a null usage with the comma before it, which each delta has when the proxy asked
     * for the usage; empty if the chunk must be parsed to know.
     */
    private static Span nullUsage(byte[] bytes, Span data) {
        return ERROR.findsMoreThanNull(bytes, data) ? Span.NOTHING : USAGE.onlyNull(bytes, data);
    }

    private void learn(ParsedResponse response) {
        model = response.model() == null ? model : response.model();
        tier = response.tier() == null ? tier : response.tier();
        failed |= response.failed();
        begun |= response.hasBegun();
        UsageObject more = response.usage();
        UsageObject before = usage;
        if (more != null) {
            boolean grows = before == null || (!usageStoodAlone && more.isAtLeast(before));
            usage = grows || before == null ? more : UsageObject.larger(before, more);
            usageStoodAlone |= response.withoutChoices();
        }
    }

    private static boolean usageOnly(ParsedResponse response) {
        return response.usage() != null && response.withoutChoices();
    }

    private void emitRestOfLineEnd() {
        if (strip && keptLast) {
            out.write('\n');
        }
    }

    private void emit(int from, int to) {
        if (strip) {
            out.write(events.event(), from, to - from);
        }
    }

    /**
     * Emits the event without a part of its data, which may span several lines.
     *
     * @param part in bytes from the start of the data, each line end counted as one
     */
    private void emitWithout(Span part, List<Span> lines) {
        int emitted = 0;
        int start = 0;
        for (Span line : lines) {
            int from = Math.clamp(part.from() - start, 0, line.length());
            int to = Math.clamp(part.to() - start, 0, line.length());
            emit(emitted, line.from() + from);
            emitted = line.from() + to;
            start += line.length() + 1;
        }
        emit(emitted, events.length());
    }
}
