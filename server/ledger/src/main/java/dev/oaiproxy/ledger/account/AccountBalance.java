package dev.oaiproxy.ledger.account;

import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The balance of an account, as operators see it.
 *
 * @param scope as {@link Scope} writes it
 * @param models globs of the models that the quota is about; empty for all
 * @param raise a raise that has not ended; null for none
 * @param spent spent in the current period
 * @param held held by calls in flight
 * @param resetsAt the end of the period; null for never
 * @param active false when the key is revoked, the user disabled, or the group or member removed
 */
public record AccountBalance(
        String scope,
        AccountLimits limits,
        List<String> models,
        @Nullable TemporaryRaise raise,
        Usd spent,
        Usd held,
        @Nullable Instant resetsAt,
        boolean active) {
    /** An amount that is added to the limit for a while. */
    public record TemporaryRaise(Usd amount, Instant until) {}

    public AccountBalance {
        models = List.copyOf(models);
    }

    /** The limit with the raise; null for none. */
    public @Nullable Usd limit() {
        Usd limit = limits.spend();
        return limit == null || raise == null ? limit : limit.plus(raise.amount());
    }

    /** The amount that is neither spent nor held; null when there is no limit. */
    public @Nullable Usd remaining() {
        Usd limit = limit();
        return limit == null ? null : limit.minus(spent).minus(held);
    }
}
