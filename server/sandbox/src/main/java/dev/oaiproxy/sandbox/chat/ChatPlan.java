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
        ChatRequest request,
        Directives directives,
        String tier,
        int cached,
        int cacheWrite,
        int visible,
        int reasoning,
        boolean whole,
        Duration delay) {
    static ChatPlan of(ChatRequest request, Directives directives, SandboxState sandbox) {
        int cacheable = PromptCache.cacheable(request.promptTokens());
        boolean known = cacheable > 0 && sandbox.cache().knows(request.prompt());
        int wanted = directives.tokens().orElse(sandbox.settings().outputTokens());
        int reasoning = Math.min(request.reasoning(), request.limit());
        int visible = Math.min(wanted, request.limit() - reasoning);
        return new ChatPlan(
                request,
                directives,
                directives.tier().orElse(request.tier()),
                known ? cacheable : 0,
                !known && request.model().chargesCacheWrites() ? cacheable : 0,
                visible,
                reasoning,
                visible == wanted,
                sandbox.delay(directives));
    }

    String finishReason() {
        String end = request.calls() ? "tool_calls" : "stop";
        return whole ? end : "length";
    }

    /** The usage after this many visible tokens in all choices together. */
    SandboxBill.TokenCounts tokens(int made) {
        int thoughts = reasoning * request.choices();
        return new SandboxBill.TokenCounts(
                request.promptTokens(), cached, cacheWrite, made + thoughts, thoughts);
    }

    SandboxBill.TokenCounts allTokens() {
        return tokens(visible * request.choices());
    }
}
