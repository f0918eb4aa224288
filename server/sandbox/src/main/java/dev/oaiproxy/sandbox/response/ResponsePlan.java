package dev.oaiproxy.sandbox.response;

import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.model.PromptCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the stand-in is going to answer a request for a response with.
 *
 * @param id without its prefix
 * @param tier the served tier
 * @param visible the tokens of its words
 * @param reasoning the tokens of its thoughts
 * @param whole false when the limit cuts the answer
 * @param items its tool calls, which come before its words
 */
record ResponsePlan(
        ResponseRequest order,
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
    static ResponsePlan of(ResponseRequest order, Directives directives, SandboxState sandbox) {
        int cacheable = PromptCache.cacheable(order.inputTokens());
        int cached = cached(order, sandbox.cache());
        int spoken = directives.tokens().orElse(sandbox.settings().outputTokens());
        int wanted = order.isSilent() ? 0 : spoken;
        int reasoning = Math.min(order.reasoning(), order.limit());
        int visible = Math.min(wanted, order.limit() - reasoning);
        return new ResponsePlan(
                order,
                directives,
                sandbox.nextId(),
                directives.tier().orElse(order.tier()),
                cached,
                order.model().chargesCacheWrites() ? cacheable - cached : 0,
                visible,
                reasoning,
                visible == wanted,
                order.isSilent() ? List.of() : ToolCallPlanner.of(order, directives, sandbox),
                directives.delay().orElse(sandbox.settings().eventDelay()));
    }

    /** What came before has been read once already; the rest only if it was sent before too. */
    private static int cached(ResponseRequest order, PromptCache cache) {
        int cacheable = PromptCache.cacheable(order.inputTokens());
        boolean known = cacheable > 0 && cache.knows(order.prompt());
        return known ? cacheable : PromptCache.cacheable(order.contextTokens());
    }

    /** Whether the call of a function of the caller's is all that it answers. */
    boolean onlyCalls() {
        return order.requiresTool()
                && items.stream().anyMatch(item -> item.type().equals("function_call"));
    }

    String object() {
        return "resp_" + id;
    }

    /** What its model has consumed once all of it is made. */
    SandboxBill.TokenCounts tokens() {
        return tokens(visible, items.size());
    }

    /** The same once so many tokens can be seen, and so many of its tool calls are done. */
    SandboxBill.TokenCounts tokens(int made, int called) {
        int found = items.subList(0, called).stream().mapToInt(OutputItem::tokens).sum();
        int input = order.inputTokens() + found;
        return new SandboxBill.TokenCounts(input, cached, cacheWrite, made + reasoning, reasoning);
    }

    /**
     * What is on the bill at some point. Writes to the cache for twelve hours are a unit of their
     * own and stand beside the tokens.
     */
    BilledCall.ServedUsage served(ResponseEvent last) {
        SandboxBill.TokenCounts all = tokens(last.made(), last.items());
        List<ExtraUsage> extras = new ArrayList<>();
        items.subList(0, last.items()).forEach(item -> extras.addAll(item.extras()));
        String model = order.model().snapshot();
        if (order.writesForLong() && cacheWrite > 0) {
            extras.add(new ExtraUsage(model, "cache_write_12h", cacheWrite));
            int rest = all.prompt() - cacheWrite;
            all = new SandboxBill.TokenCounts(rest, cached, 0, all.completion(), reasoning);
        }
        boolean slow = !order.window().isEmpty() && tier.equals("default");
        String billed = slow ? "background_" + order.window() : tier;
        return new BilledCall.ServedUsage(model, billed, all, List.copyOf(extras));
    }
}
