package dev.oaiproxy.sandbox.chat;

import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.model.PromptCache;
import java.time.Duration;

/**
 * The response that the stand-in is about to send to a chat request.
 *
 * @param tier the served tier
 * @param visible the visible tokens of each choice
 * @param reasoning the reasoning tokens of each choice
 * @param whole false if the limit truncates the response
 * @param delay the time per token of each choice
 */
record ChatPlan(
        ChatRequest order,
        Directives directives,
        String tier,
        int cached,
        int cacheWrite,
        int visible,
        int reasoning,
        boolean whole,
        Duration delay) {
    static ChatPlan of(ChatRequest order, Directives directives, SandboxState sandbox) {
        int cacheable = PromptCache.cacheable(order.promptTokens());
        boolean known = cacheable > 0 && sandbox.cache().knows(order.prompt());
        int wanted = directives.tokens().orElse(sandbox.settings().outputTokens());
        int reasoning = Math.min(order.reasoning(), order.limit());
        int visible = Math.min(wanted, order.limit() - reasoning);
        return new ChatPlan(
                order,
                directives,
                directives.tier().orElse(order.tier()),
                known ? cacheable : 0,
                !known && order.model().chargesCacheWrites() ? cacheable : 0,
                visible,
                reasoning,
                visible == wanted,
                directives.delay().orElse(sandbox.settings().eventDelay()));
    }

    String finishReason() {
        String end = order.calls() ? "tool_calls" : "stop";
        return whole ? end : "length";
    }

    /** The usage after this many visible tokens in all choices together. */
    SandboxBill.TokenCounts tokens(int made) {
        int thoughts = reasoning * order.choices();
        return new SandboxBill.TokenCounts(
                order.promptTokens(), cached, cacheWrite, made + thoughts, thoughts);
    }

    SandboxBill.TokenCounts allTokens() {
        return tokens(visible * order.choices());
    }
}
