package dev.oaiproxy.proxy.quota;

import java.time.Duration;

/**
 * What is done with a call whose full ceiling does not fit what is left, or its share of that.
 *
 * @param shareParts a call without a limit of its own, or a clamped one, takes at most one part of
 *     this many of what is free, so that calls beside it are not starved
 * @param floorTokens no output is clamped below this many tokens, unless it asked for fewer
 * @param patience how long a call waits for others of its account to give back what they hold
 */
public record QuotaPolicy(int shareParts, long floorTokens, Duration patience) {
    /** Rejects what would clamp to nothing or wait backwards. */
    public QuotaPolicy {
        if (shareParts < 1 || floorTokens < 1 || patience.isNegative()) {
            throw new IllegalArgumentException(
                    "share, floor and wait must be positive: "
                            + shareParts
                            + ", "
                            + floorTokens
                            + ", "
                            + patience);
        }
    }
}
