package dev.oaiproxy.ledger.ledger;

import org.jspecify.annotations.Nullable;

/**
 * A filter for lists of calls, the newest first. Null means any.
 *
 * @param key the public id of a key
 * @param group the name of a group
 * @param overHold only calls that were charged more than was held for them
 * @param before only calls older than this
 * @param limit the largest number of calls
 */
public record CallFilter(
        @Nullable String user,
        @Nullable String key,
        @Nullable String group,
        @Nullable String model,
        @Nullable CallState state,
        boolean overHold,
        @Nullable CallId before,
        int limit) {
    /** Of all groups. */
    public CallFilter(
            @Nullable String user,
            @Nullable String key,
            @Nullable String model,
            @Nullable CallState state,
            boolean overHold,
            @Nullable CallId before,
            int limit) {
        this(user, key, null, model, state, overHold, before, limit);
    }
}
