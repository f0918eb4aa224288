package dev.oaiproxy.metering.usage.object;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The usage of a response: the tokens of its model, and the usage of its tools. */
public final class ResponseUsage {
    private static final Set<String> RUNNING = Set.of("queued", "in_progress");
    private static final String FILE_SEARCH = "tool:file_search";

    /** The minutes of a session. OpenAI bills a container that a response opens by the session. */
    private static final long SESSION_MINUTES = 20;

    private final ParsedResponse response;
    private final BilledToolCalls calls;
    private final ResponseTerms terms;
    private final List<Usage> beside = new ArrayList<>();

    private ResponseUsage(ParsedResponse response, BilledToolCalls calls, ResponseTerms terms) {
        this.response = response;
        this.calls = calls;
        this.terms = terms;
    }

    public static UsageResult of(ParsedResponse response, ResponseTerms terms) {
        return of(response, response.calls(), terms);
    }

    /**
     * The usage that the response states.
     *
     * @param calls the calls of its tools, which a stream may have reported before its last event
     */
    public static UsageResult of(
            ParsedResponse response, BilledToolCalls calls, ResponseTerms terms) {
        ResponseUsage meaning = new ResponseUsage(response, calls, terms);
        UsageObject usage = response.usage();
        return usage == null || !response.ended() || meaning.isRunning()
                ? meaning.unstated()
                : meaning.stated(usage.reading(response.model(), terms.tier(response.tier())));
    }

    private boolean isRunning() {
        return RUNNING.contains(status());
    }

    private String status() {
        String status = response.text("status");
        return status == null ? "" : status;
    }

    private UsageResult unstated() {
        String id = response.id();
        boolean goesOn = isRunning() || (terms.mayEndLater() && !response.ended());
        if (id != null && goesOn) {
            return new UsageResult.Pending(id);
        }
        boolean failed = response.failed() || status().equals("failed");
        return new UsageResult.Missing(failed, id, fees(calls, response.calls(), terms));
    }

    /**
     * The usage of tool calls in a response that states no usage.
     *
     * @param naming the calls that know the containers of the request
     */
    public static List<Usage> fees(
            BilledToolCalls calls, BilledToolCalls naming, ResponseTerms terms) {
        List<Usage> fees = new ArrayList<>();
        add(fees, terms.searchTool(), Unit.WEB_SEARCH, calls.webSearches());
        tools(fees, calls, naming, terms);
        return fees;
    }

    private static void tools(
            List<Usage> fees, BilledToolCalls calls, BilledToolCalls naming, ResponseTerms terms) {
        long minutes = SESSION_MINUTES * calls.containers(naming);
        add(fees, FILE_SEARCH, Unit.FILE_SEARCH, calls.fileSearches());
        add(fees, terms.containerTool(), Unit.CONTAINER_MINUTES, minutes);
    }

    private UsageResult stated(UsageResult result) {
        if (!(result instanceof UsageResult.Complete main)) {
            return result;
        }
        String why = imageTool();
        why = why == null ? webSearches() : why;
        why = why == null ? calls.svgFault() : why;
        if (why != null) {
            return new UsageResult.Contradictory(why);
        }
        beside.addAll(calls.svgs());
        tools(beside, calls, response.calls(), terms);
        return new UsageResult.Complete(main.usage(), beside);
    }

    /**
     * Adds the usage of the image tool, which the response's own usage leaves out. Returns the
     * problem, if any.
     */
    private @Nullable String imageTool() {
        UsageObject images = response.usage("tool_usage.image_gen");
        if (images == null) {
            return calls.images() ? "an image_generation_call without its usage" : null;
        }
        return switch (images.reading(terms.imageModel(), null)) {
            case UsageResult.Complete read when read.usage().quantities().isEmpty() -> null;
            case UsageResult.Complete _ when terms.imageModel() == null ->
                    "image tokens, but the request named no image tool";
            case UsageResult.Complete read -> {
                beside.add(read.usage());
                yield null;
            }
            case UsageResult.Contradictory odd -> "image_gen: " + odd.why();
            case UsageResult.Pending _, UsageResult.Missing _ -> throw new IllegalStateException();
        };
    }

    /** Adds the billed searches. Returns the problem, if any. */
    private @Nullable String webSearches() {
        UsageObject usageObject = response.usage("tool_usage.web_search");
        if (usageObject != null && usageObject.fault() != null) {
            return "web_search: " + usageObject.fault();
        }
        long searches =
                usageObject == null || !usageObject.states(UsageCount.SEARCHES)
                        ? calls.webSearches()
                        : usageObject.count(UsageCount.SEARCHES);
        add(beside, terms.searchTool(), Unit.WEB_SEARCH, searches);
        return null;
    }

    private static void add(List<Usage> fees, String tool, Unit unit, long count) {
        if (count > 0) {
            fees.add(new Usage(tool, null, Map.of(unit, count)));
        }
    }
}
