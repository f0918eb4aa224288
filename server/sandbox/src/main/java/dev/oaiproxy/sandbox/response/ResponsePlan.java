package dev.oaiproxy.sandbox.response;

import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.model.PromptCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The response that the stand-in is about to produce.
 *
 * @param id the id without its prefix
 * @param tier the served tier
 * @param visible the tokens of the message
 * @param reasoning the reasoning tokens
 * @param whole false if the limit truncates the response
 * @param items the tool calls, which come before the message
 */
record ResponsePlan(
        ResponseRequest request,
        Directives directives,
        String id,
        String tier,
        int cached,
        int cacheWrite,
        int visible,
        int reasoning,
        boolean whole,
        List<OutputItem> items,
        Duration delay) {
    static ResponsePlan of(ResponseRequest request, Directives directives, SandboxState sandbox) {
        int cacheable = PromptCache.cacheable(request.inputTokens());
        int cached = cached(request, sandbox.cache());
        int spoken = directives.tokens().orElse(sandbox.settings().outputTokens());
        int wanted = request.isSilent() ? 0 : spoken;
        int reasoning = Math.min(request.reasoning(), request.limit());
        int visible = Math.min(wanted, request.limit() - reasoning);
        return new ResponsePlan(
                request,
                directives,
                sandbox.nextId(),
                directives.tier().orElse(request.tier()),
                cached,
                request.model().chargesCacheWrites() ? cacheable - cached : 0,
                visible,
                reasoning,
                visible == wanted,
                request.isSilent() ? List.of() : ToolCallPlanner.of(request, directives, sandbox),
                sandbox.delay(directives));
    }

    /** The context is always cached; the whole prompt is cached only if it was sent before. */
    private static int cached(ResponseRequest request, PromptCache cache) {
        int cacheable = PromptCache.cacheable(request.inputTokens());
        boolean known = cacheable > 0 && cache.knows(request.prompt());
        return known ? cacheable : PromptCache.cacheable(request.contextTokens());
    }

    /** True if the response consists of function calls only. */
    boolean onlyCalls() {
        return request.requiresTool()
                && items.stream().anyMatch(item -> item.type().equals("function_call"));
    }

    String object() {
        return "resp_" + id;
    }

    /** The usage of the complete response. */
    SandboxBill.TokenCounts tokens() {
        return tokens(visible, items.size());
    }

    /** The usage after this many visible tokens and completed tool calls. */
    SandboxBill.TokenCounts tokens(int made, int called) {
        int found = items.subList(0, called).stream().mapToInt(OutputItem::tokens).sum();
        int input = request.inputTokens() + found;
        return new SandboxBill.TokenCounts(input, cached, cacheWrite, made + reasoning, reasoning);
    }

    /**
     * The usage to bill after an event. Cache writes for twelve hours are a unit of their own
     * beside the tokens.
     */
    SandboxBill.ServedUsage served(ResponseEvent last) {
        SandboxBill.TokenCounts all = tokens(last.made(), last.items());
        List<ExtraUsage> extras = new ArrayList<>();
        items.subList(0, last.items()).forEach(item -> extras.addAll(item.extras()));
        String model = request.model().snapshot();
        if (request.writesForLong() && cacheWrite > 0) {
            extras.add(new ExtraUsage(model, "cache_write_12h", cacheWrite));
            int rest = all.prompt() - cacheWrite;
            all = new SandboxBill.TokenCounts(rest, cached, 0, all.completion(), reasoning);
        }
        boolean slow = !request.window().isEmpty() && tier.equals("default");
        String billed = slow ? "background_" + request.window() : tier;
        return new SandboxBill.ServedUsage(model, billed, all, List.copyOf(extras));
    }
}
