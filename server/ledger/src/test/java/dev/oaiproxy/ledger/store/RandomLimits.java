package dev.oaiproxy.ledger.store;

import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.metering.money.Usd;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Draws limits of accounts, most of them without rates. */
final class RandomLimits {
    private static final long MOST_NANOS = 20_000_000_000L;

    /** Without hours, so that the seeds go on to do what they did. */
    private static final List<QuotaPeriod> PERIODS =
            List.of(QuotaPeriod.TOTAL, QuotaPeriod.DAY, QuotaPeriod.WEEK, QuotaPeriod.MONTH);

    private final Random random;

    RandomLimits(Random random) {
        this.random = random;
    }

    AccountLimits next() {
        return new AccountLimits(
                random.nextInt(4) == 0 ? null : Usd.ofNanos(random.nextLong(MOST_NANOS)),
                PERIODS.get(random.nextInt(PERIODS.size())),
                rarely(5),
                rarely(10_000),
                rarely(6));
    }

    private @Nullable Long rarely(int most) {
        return random.nextInt(6) == 0 ? (long) random.nextInt(most) : null;
    }
}
