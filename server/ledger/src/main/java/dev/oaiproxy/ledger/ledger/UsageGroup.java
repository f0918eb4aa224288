package dev.oaiproxy.ledger.ledger;

import dev.oaiproxy.metering.money.Usd;
import java.util.List;

/**
 * The usage of one group of calls.
 *
 * @param group a value for each thing that was grouped by
 * @param held the sum of the holds; zero where that was not asked for
 */
public record UsageGroup(
        List<String> group,
        long calls,
        long inputTokens,
        long cachedTokens,
        long outputTokens,
        Usd cost,
        Usd held) {
    /** The sum of no groups. */
    public static final UsageGroup NONE = new UsageGroup(List.of(), 0, 0, 0, 0, Usd.ZERO, Usd.ZERO);

    public UsageGroup {
        group = List.copyOf(group);
    }

    /** The sum of both, which is of no group. */
    public UsageGroup plus(UsageGroup other) {
        return new UsageGroup(
                List.of(),
                calls + other.calls,
                inputTokens + other.inputTokens,
                cachedTokens + other.cachedTokens,
                outputTokens + other.outputTokens,
                cost.plus(other.cost),
                held.plus(other.held));
    }
}
