package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.usage.object.BilledToolCalls;
import dev.oaiproxy.metering.usage.object.ParsedResponse;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import dev.oaiproxy.metering.usage.object.ResponseUsage;
import dev.oaiproxy.metering.usage.object.UsageObject;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The usage of a response's events. Only the last event states it. The output items are in the last
 * event or in earlier events of their own.
 */
final class ResponseUsageEvents implements UsageEvents {
    private static final String ROOT = "response";
    private static final String ITEM_DONE = "response.output_item.done";
    private static final Set<String> LAST =
            Set.of("response.completed", "response.incomplete", "response.failed");

    /** Events before any output, and events that report a failure. */
    private static final Set<String> EMPTY =
            Set.of(
                    "response.created",
                    "response.queued",
                    "response.in_progress",
                    "response.failed",
                    "error");

    private final ResponseTerms terms;
    private final BilledToolCalls calls = new BilledToolCalls();
    private @Nullable String id;
    private @Nullable ParsedResponse last;
    private boolean failed;
    private boolean begun;

    ResponseUsageEvents(ResponseTerms terms) {
        this.terms = terms;
    }

    @Override
    public ParsedResponse next() {
        return new ParsedResponse(terms.shape(), ROOT);
    }

    @Override
    public void take(ParsedResponse event) {
        String type = event.text("/type");
        id = event.id() == null ? id : event.id();
        failed |= event.failed() || "error".equals(type);
        begun |= type == null ? !event.failed() : !EMPTY.contains(type);
        if (ITEM_DONE.equals(type)) {
            calls.add(event.calls());
        } else if (type != null && LAST.contains(type)) {
            last = last == null ? event : larger(last, event);
        }
    }

    /** The larger of two last events, although OpenAI sends only one. */
    private static ParsedResponse larger(ParsedResponse one, ParsedResponse other) {
        UsageObject first = one.usage();
        UsageObject second = other.usage();
        if (first == null || second == null) {
            return first == null ? other : one;
        }
        return UsageObject.larger(first, second) == first ? one : other;
    }

    @Override
    public boolean ended() {
        return last != null;
    }

    @Override
    public boolean hasBegun() {
        return begun;
    }

    @Override
    public UsageResult reading() {
        if (last != null) {
            return ResponseUsage.of(last, last.calls().hasItems() ? last.calls() : calls, terms);
        }
        return id != null && terms.mayEndLater()
                ? new UsageResult.Pending(id)
                : new UsageResult.Missing(failed, id, ResponseUsage.fees(calls, calls, terms));
    }
}
