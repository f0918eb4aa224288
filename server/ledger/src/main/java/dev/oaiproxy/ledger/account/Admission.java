package dev.oaiproxy.ledger.account;

import dev.oaiproxy.metering.money.Usd;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The answer to a request for a hold. */
public sealed interface Admission {
    /**
     * The hold is on the ledger, durably.
     *
     * @param remaining the least amount that is free on any of its accounts; null when none of them
     *     has a limit
     */
    record Granted(@Nullable Usd remaining) implements Admission {}

    /** There is no hold. */
    sealed interface Denied extends Admission {}

    /** An account refuses the hold; nothing has changed. */
    sealed interface Refused extends Denied {
        /** The scope whose account refused, as {@link Scope} writes it. */
        String scope();
    }

    /**
     * The hold does not fit what is left of the quota.
     *
     * @param quota which of the scope's quotas it is
     * @param limit the quota, with its raise
     * @param spent spent in its period
     * @param held held by other calls in flight; waiting may help when it is not zero
     * @param resetsAt the end of its period; null for never
     */
    record OverQuota(
            String scope,
            QuotaName quota,
            Usd limit,
            Usd spent,
            Usd held,
            @Nullable Instant resetsAt)
            implements Refused {
        /** Of the scope's quota for all time and all models. */
        public OverQuota(String scope, Usd limit, Usd spent, Usd held, @Nullable Instant resetsAt) {
            this(scope, QuotaName.PLAIN, limit, spent, held, resetsAt);
        }

        /** The amount that is neither spent nor held. */
        public Usd free() {
            return limit.minus(spent).minus(held);
        }

        /** True when an amount would fit if no other call held anything. */
        public boolean fitsWithoutOthers(Usd amount) {
            return amount.compareTo(limit.minus(spent)) <= 0;
        }
    }

    /**
     * A rate limit does not allow the call now.
     *
     * @param what {@code requests}, {@code tokens} or {@code parallel requests}
     * @param retryAfter the time after which it may be allowed
     */
    record OverRate(String scope, String what, long limit, Duration retryAfter)
            implements Refused {}

    /** The key was revoked, its user disabled, or its group or member removed. */
    record Inactive(String scope) implements Refused {}

    /** The key has expired. */
    record Expired(String scope) implements Refused {}

    /** The ledger cannot be written now; it is unknown whether it has the hold. */
    record Unavailable(String why) implements Denied {}
}
