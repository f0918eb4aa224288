package dev.oaiproxy.metering.usage;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The events of a response. Only the last one states usage. Its items are in the last event too, or
 * have come before, each in an event of its own.
 */
final class ResponseStory implements Story {
    private static final String ROOT = "response";
    private static final String ITEM_DONE = "response.output_item.done";
    private static final Set<String> LAST =
            Set.of("response.completed", "response.incomplete", "response.failed");

    /** Events that come before anything is generated, and those that say that it failed. */
    private static final Set<String> EMPTY =
            Set.of(
                    "response.created",
                    "response.queued",
                    "response.in_progress",
                    "response.failed",
                    "error");

    private final ResponseTerms terms;
    private final ToolCalls calls = new ToolCalls();
    private @Nullable String id;
    private @Nullable Answer last;
    private boolean failed;
    private boolean begun;

    ResponseStory(ResponseTerms terms) {
        this.terms = terms;
    }

    @Override
    public Answer next() {
        return new Answer(terms.shape(), ROOT);
    }

    @Override
    public void take(Answer event) {
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

    /** One of two last events, which is one too many. */
    private static Answer larger(Answer one, Answer other) {
        Stated first = one.usage();
        Stated second = other.usage();
        if (first == null || second == null) {
            return first == null ? other : one;
        }
        return Stated.larger(first, second) == first ? one : other;
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
    public Reading reading(boolean closed) {
        if (last != null) {
            return ResponseMeaning.of(last, last.calls().hasItems() ? last.calls() : calls, terms);
        }
        return id != null && terms.mayEndLater()
                ? new Reading.Pending(id)
                : new Reading.Missing(failed, id, ResponseMeaning.fees(calls, calls, terms));
    }
}
