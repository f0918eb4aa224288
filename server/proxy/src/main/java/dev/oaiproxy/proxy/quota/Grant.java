package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Breakdown;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The result of a {@link QuotaRequest}. */
public sealed interface Grant {
    /**
     * The call may begin; its hold is on the ledger.
     *
     * @param clampedTo the limit on the output tokens of one choice that the hold covers; null when
     *     it covers the whole request
     * @param toolCalls the limit on hosted tool calls, or null when there are none
     */
    record Granted(Hold hold, @Nullable Long clampedTo, @Nullable Integer toolCalls)
            implements Grant {}

    /**
     * Too little of the quota is left: only an administrator, or the next period, can help.
     *
     * @param least the ceiling of the call at its lowest clamp
     * @param parts the parts of that amount, or null
     * @param remedies changes by which the call would fit
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

    /** Calls in flight hold the rest of the quota; some of it will come back. */
    record Busy(Admission.OverQuota why) implements Grant {}

    /** A rate limit, a revoked key or the like. */
    record Refused(Admission.Refused why) implements Grant {}

    /** The ledger cannot be written, so nothing may begin. */
    record Unavailable(String why) implements Grant {}

    /** Tells an amount that does not fit now from one that cannot fit. */
    static Grant overQuota(Admission.OverQuota why, Usd amount) {
        boolean busy = amount.compareTo(why.limit().minus(why.spent())) <= 0;
        return busy ? new Busy(why) : new Spent(why, amount);
    }

    /** The denial of an amount, or null when it was granted. */
    static @Nullable Grant denied(Admission admission, Usd amount) {
        return switch (admission) {
            case Admission.Granted _ -> null;
            case Admission.OverQuota over -> overQuota(over, amount);
            case Admission.Refused refused -> new Refused(refused);
            case Admission.Unavailable down -> new Unavailable(down.why());
        };
    }
}
