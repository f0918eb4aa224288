package dev.oaiproxy.sandbox.chat;

import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.model.PromptCache;
import java.time.Duration;

/**
 * What the stand-in is going to answer a chat with.
 *
 * @param tier the served tier
 * @param visible the tokens of each choice that the client sees
 * @param reasoning the tokens of each choice that it does not see
 * @param whole false when the limit cuts the answer
 * @param delay the time to make one token of each choice
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

    /** What is consumed once so many visible tokens have been made in all choices together. */
    SandboxBill.TokenCounts tokens(int made) {
        int thoughts = reasoning * order.choices();
        return new SandboxBill.TokenCounts(
                order.promptTokens(), cached, cacheWrite, made + thoughts, thoughts);
    }

    SandboxBill.TokenCounts allTokens() {
        return tokens(visible * order.choices());
    }
}
