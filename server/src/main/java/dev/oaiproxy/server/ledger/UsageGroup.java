package dev.oaiproxy.server.ledger;

import dev.oaiproxy.server.money.Usd;
import java.util.List;

/**
 * The usage of one group of calls.
 *
 * @param group a value for each thing that was grouped by
 */
public record UsageGroup(
        List<String> group,
        long calls,
        long inputTokens,
        long cachedTokens,
        long outputTokens,
        Usd cost) {
    public UsageGroup {
        group = List.copyOf(group);
    }
}
