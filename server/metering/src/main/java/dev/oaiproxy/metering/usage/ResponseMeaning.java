package dev.oaiproxy.metering.usage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a response comes to: the tokens of its model, and what its tools cost beside. */
final class ResponseMeaning {
    private static final Set<String> RUNNING = Set.of("queued", "in_progress");
    private static final String FILE_SEARCH = "tool:file_search";

    /** A container that a response opens is billed by the session, of 20 minutes. */
    private static final long SESSION_MINUTES = 20;

    private final Answer answer;
    private final ToolCalls calls;
    private final ResponseTerms terms;
    private final List<Usage> beside = new ArrayList<>();

    private ResponseMeaning(Answer answer, ToolCalls calls, ResponseTerms terms) {
        this.answer = answer;
        this.calls = calls;
        this.terms = terms;
    }

    static Reading of(Answer answer, ResponseTerms terms) {
        return of(answer, answer.calls(), terms);
    }

    /**
     * What it comes to.
     *
     * @param calls the calls of its tools, which a stream may have told before its last event
     */
    static Reading of(Answer answer, ToolCalls calls, ResponseTerms terms) {
        ResponseMeaning meaning = new ResponseMeaning(answer, calls, terms);
        Stated usage = answer.usage();
        return usage == null || !answer.ended() || meaning.isRunning()
                ? meaning.unstated()
                : meaning.stated(usage.reading(answer.model(), terms.tier(answer.tier())));
    }

    private boolean isRunning() {
        return RUNNING.contains(status());
    }

    private String status() {
        String status = answer.text("status");
        return status == null ? "" : status;
    }

    private Reading unstated() {
        String id = answer.id();
        boolean goesOn = isRunning() || (terms.mayEndLater() && !answer.ended());
        if (id != null && goesOn) {
            return new Reading.Pending(id);
        }
        boolean failed = answer.failed() || status().equals("failed");
        return new Reading.Missing(failed, id, fees(calls, answer.calls(), terms));
    }

    /**
     * What the calls of tools cost that are seen in an answer which states no usage.
     *
     * @param naming those that know the containers which the request named
     */
    static List<Usage> fees(ToolCalls calls, ToolCalls naming, ResponseTerms terms) {
        List<Usage> fees = new ArrayList<>();
        add(fees, terms.searchTool(), Unit.WEB_SEARCH, calls.webSearches());
        tools(fees, calls, naming, terms);
        return fees;
    }

    private static void tools(
            List<Usage> fees, ToolCalls calls, ToolCalls naming, ResponseTerms terms) {
        long minutes = SESSION_MINUTES * calls.containers(naming);
        add(fees, FILE_SEARCH, Unit.FILE_SEARCH, calls.fileSearches());
        add(fees, terms.containerTool(), Unit.CONTAINER_MINUTES, minutes);
    }

    private Reading stated(Reading reading) {
        if (!(reading instanceof Reading.Complete main)) {
            return reading;
        }
        String why = imageTool();
        why = why == null ? webSearches() : why;
        why = why == null ? calls.svgFault() : why;
        if (why != null) {
            return new Reading.Contradictory(why);
        }
        beside.addAll(calls.svgs());
        tools(beside, calls, answer.calls(), terms);
        return new Reading.Complete(main.usage(), beside);
    }

    /** Takes what the image tool used, which is not in the usage; says why it cannot. */
    private @Nullable String imageTool() {
        Stated images = answer.usage("tool_usage.image_gen");
        if (images == null) {
            return calls.images() ? "an image_generation_call without its usage" : null;
        }
        return switch (images.reading(terms.imageModel(), null)) {
            case Reading.Complete read when read.usage().quantities().isEmpty() -> null;
            case Reading.Complete _ when terms.imageModel() == null ->
                    "image tokens, but the request named no image tool";
            case Reading.Complete read -> {
                beside.add(read.usage());
                yield null;
            }
            case Reading.Contradictory odd -> "image_gen: " + odd.why();
            case Reading.Pending _, Reading.Missing _ -> throw new IllegalStateException();
        };
    }

    /** Takes the searches that are billed; says why it cannot. */
    private @Nullable String webSearches() {
        Stated stated = answer.usage("tool_usage.web_search");
        if (stated != null && stated.fault() != null) {
            return "web_search: " + stated.fault();
        }
        long searches =
                stated == null || !stated.states(Count.SEARCHES)
                        ? calls.webSearches()
                        : stated.count(Count.SEARCHES);
        add(beside, terms.searchTool(), Unit.WEB_SEARCH, searches);
        return null;
    }

    private static void add(List<Usage> fees, String tool, Unit unit, long count) {
        if (count > 0) {
            fees.add(new Usage(tool, null, Map.of(unit, count)));
        }
    }
}
