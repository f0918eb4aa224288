package dev.oaiproxy.ledger.account;

import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The balance of an account, as operators see it.
 *
 * @param scope {@code everyone}, {@code user:NAME} or {@code key:PUBLIC_ID}
 * @param spent spent in the current period
 * @param held held by calls in flight
 * @param resetsAt the end of the period; null for never
 * @param active false when the key is revoked or the user disabled
 */
public record AccountBalance(
        String scope,
        AccountLimits limits,
        Usd spent,
        Usd held,
        @Nullable Instant resetsAt,
        boolean active) {
    /** The amount that is neither spent nor held; null when there is no limit. */
    public @Nullable Usd remaining() {
        Usd limit = limits.spend();
        return limit == null ? null : limit.minus(spent).minus(held);
    }
}
