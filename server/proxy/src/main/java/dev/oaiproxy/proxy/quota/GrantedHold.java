package dev.oaiproxy.proxy.quota;

import org.jspecify.annotations.Nullable;

/**
 * A hold on the ledger, and the limits within which it covers the call.
 *
 * @param clampedTo the limit on the output tokens of one choice that the hold covers; null when it
 *     covers the whole request
 * @param toolCalls the limit on hosted tool calls, or null when there are none
 */
public record GrantedHold(Hold hold, @Nullable Long clampedTo, @Nullable Integer toolCalls) {}
