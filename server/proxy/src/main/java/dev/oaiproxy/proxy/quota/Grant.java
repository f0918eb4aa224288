package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Breakdown;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to an {@link QuotaRequest}. */
public sealed interface Grant {
    /**
     * The call may begin; its hold is on the ledger.
     *
     * @param clampedTo the output tokens of one choice that the call must be limited to, for the
     *     hold covers no more; null when it covers all that was asked for
     * @param toolCalls the calls of hosted tools that it must be limited to, or null when it may
     *     call none
     */
    record Granted(Hold hold, @Nullable Long clampedTo, @Nullable Integer toolCalls)
            implements Grant {}

    /**
     * The quota is spent, or too little is left: only an administrator, or the next period, can
     * help.
     *
     * @param least what the call can cost at the least that it could be limited to
     * @param parts what that is made of, or null where it is one amount
     * @param remedies what could be changed so that the call would fit what is free
     */
    record Spent(
            Admission.OverQuota why, Usd least, @Nullable Breakdown parts, List<Remedy> remedies)
            implements Grant {
        public Spent {
            remedies = List.copyOf(remedies);
        }

        public Spent(Admission.OverQuota why, Usd least) {
            this(why, least, null, List.of());
        }
    }

    /** What is left of the quota is held by calls in flight; some of it will come back. */
    record Busy(Admission.OverQuota why) implements Grant {}

    /** A rate limit, a revoked key or the like. */
    record Refused(Admission.Refused why) implements Grant {}

    /** The ledger cannot be written, so nothing may begin. */
    record Unavailable(String why) implements Grant {}

    /** That an amount does not fit, now or ever. */
    static Grant overQuota(Admission.OverQuota why, Usd amount) {
        boolean busy = amount.compareTo(why.limit().minus(why.spent())) <= 0;
        return busy ? new Busy(why) : new Spent(why, amount);
    }

    /** Why an amount may not be held, or null where it may. */
    static @Nullable Grant denied(Admission admission, Usd amount) {
        return switch (admission) {
            case Admission.Granted _ -> null;
            case Admission.OverQuota over -> overQuota(over, amount);
            case Admission.Refused refused -> new Refused(refused);
            case Admission.Unavailable down -> new Unavailable(down.why());
        };
    }
}
