package dev.oaiproxy.proxy.quota;

import java.time.Duration;

/**
 * Rules for a call whose full ceiling does not fit the rest of the quota, or its share of it.
 *
 * @param shareParts the divisor of the free amount: a call without an output limit, or a clamped
 *     one, holds at most one part, so that other calls are not starved
 * @param floorTokens the lowest clamp, unless the request asks for fewer tokens
 * @param patience the longest wait for other calls of the account to release their holds
 */
public record QuotaPolicy(int shareParts, long floorTokens, Duration patience) {
    /** Rejects a share or floor below one, and a negative wait. */
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
