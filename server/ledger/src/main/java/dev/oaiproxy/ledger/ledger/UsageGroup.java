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
    public UsageGroup {
        group = List.copyOf(group);
    }
}
