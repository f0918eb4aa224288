package dev.oaiproxy.ledger.account;

import dev.oaiproxy.metering.money.Usd;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether a hold was put on the ledger. */
public sealed interface Admission {
    /**
     * It was, durably.
     *
     * @param remaining what may still be held beside it, the least over its accounts; null when
     *     none of them has a limit
     */
    record Granted(@Nullable Usd remaining) implements Admission {}

    /** It was not. */
    sealed interface Denied extends Admission {}

    /** It was not, and nothing has changed. */
    sealed interface Refused extends Denied {
        /** The account that refused: {@code everyone}, {@code user:NAME} or {@code key:ID}. */
        String scope();
    }

    /**
     * It does not fit what is left of the quota.
     *
     * @param limit the quota
     * @param spent what has been spent of it
     * @param held what other calls in flight hold of it; if there is any, waiting may help
     * @param resetsAt when its period ends; null for never
     */
    record OverQuota(String scope, Usd limit, Usd spent, Usd held, @Nullable Instant resetsAt)
            implements Refused {
        /** What is neither spent nor held. */
        public Usd free() {
            return limit.minus(spent).minus(held);
        }
    }

    /**
     * A limit on the rate of calls does not allow it now.
     *
     * @param what {@code requests}, {@code tokens} or {@code parallel requests}
     * @param retryAfter when it may be allowed
     */
    record OverRate(String scope, String what, long limit, Duration retryAfter)
            implements Refused {}

    /** The key was revoked or its user disabled. */
    record Inactive(String scope) implements Refused {}

    /** The key's time has passed. */
    record Expired(String scope) implements Refused {}

    /** The ledger cannot be written now; whether the hold is on it is not known. */
    record Unavailable(String why) implements Denied {}
}
