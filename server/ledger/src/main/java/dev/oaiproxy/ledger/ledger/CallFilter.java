package dev.oaiproxy.ledger.ledger;

import org.jspecify.annotations.Nullable;

/**
 * Which calls to list, the newest first. Null means any.
 *
 * @param key the public id of a key
 * @param overHold only calls that were charged more than was held for them
 * @param before only calls older than this one
 * @param limit how many at the most
 */
public record CallFilter(
        @Nullable String user,
        @Nullable String key,
        @Nullable String model,
        @Nullable CallState state,
        boolean overHold,
        @Nullable CallId before,
        int limit) {}
