package dev.oaiproxy.ledger.account;

import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An account as it stands.
 *
 * @param scope {@code everyone}, {@code user:NAME} or {@code key:PUBLIC_ID}
 * @param spent what has been spent in the period of this moment
 * @param held what calls in flight hold
 * @param resetsAt when the period ends; null for never
 * @param active false when the key is revoked or the user disabled
 */
public record AccountBalance(
        String scope,
        AccountLimits limits,
        Usd spent,
        Usd held,
        @Nullable Instant resetsAt,
        boolean active) {
    /** What is neither spent nor held; null when there is no limit. */
    public @Nullable Usd remaining() {
        Usd limit = limits.spend();
        return limit == null ? null : limit.minus(spent).minus(held);
    }
}
