package dev.oaiproxy.ledger.account;

import dev.oaiproxy.metering.money.Usd;
import org.jspecify.annotations.Nullable;

/**
 * The limits of an account. Null means no limit.
 *
 * @param spend the most that may be spent and held in a period
 * @param requestsPerMinute calls admitted in one minute of the clock
 * @param tokensPerMinute tokens of the calls admitted in one minute of the clock
 * @param parallel calls in flight at once
 */
public record AccountLimits(
        @Nullable Usd spend,
        QuotaPeriod period,
        @Nullable Long requestsPerMinute,
        @Nullable Long tokensPerMinute,
        @Nullable Long parallel) {
    public static final AccountLimits NONE =
            new AccountLimits(null, QuotaPeriod.TOTAL, null, null, null);

    /** Rejects negative limits. */
    public AccountLimits {
        if (spend != null && spend.isNegative()) {
            throw new IllegalArgumentException("a quota cannot be negative: " + spend);
        }
        check("requests per minute", requestsPerMinute);
        check("tokens per minute", tokensPerMinute);
        check("parallel calls", parallel);
    }

    private static void check(String what, @Nullable Long limit) {
        if (limit != null && limit < 0) {
            throw new IllegalArgumentException(what + " cannot be negative: " + limit);
        }
    }
}
