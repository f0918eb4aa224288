package dev.oaiproxy.proxy.relay.plan;

import static dev.oaiproxy.proxy.relay.exchange.RefusedException.malformed;

import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Breakdown;
import dev.oaiproxy.metering.price.MaxUsage;
import dev.oaiproxy.metering.price.Pricer;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.metering.request.picture.Pictures;
import dev.oaiproxy.proxy.quota.HoldAmount;
import dev.oaiproxy.proxy.relay.exchange.Remedy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sum of a batch's lines: the most that they can cost, and the tools that they may use. */
final class BatchTotal {
    private final Map<Object, Surcharge> tools = new LinkedHashMap<>();
    private final Map<String, ModelPrice> rows = new HashMap<>();
    private @Nullable MaxUsage first;
    private Breakdown parts = Breakdown.NOTHING;
    private Usd dearest = Usd.ZERO;
    private long lines;

    /** True when no line costs anything. */
    boolean isNothing() {
        return first == null;
    }

    /**
     * Adds a line, or refuses it because of the lines before it. A line for another model than the
     * first is left for OpenAI to refuse: the batch fails.
     */
    void add(MaxUsage maxUsage) {
        MaxUsage before = first;
        if (before == null) {
            first = maxUsage;
        } else if (isLongCached(before) != isLongCached(maxUsage)) {
            throw malformed(
                    "All lines of a batch must have the same cache lifetime ('ttl').", null);
        }
        for (Surcharge surcharge : maxUsage.facts().tools().reach()) {
            Surcharge other = tools.putIfAbsent(surcharge.kind(), surcharge);
            if (other != null && !other.row().equals(surcharge.row())) {
                throw malformed(
                        "This proxy cannot tell the costs of two tools of one kind apart; use"
                                + " only one of '%s' and '%s' in a batch."
                                        .formatted(other.row(), surcharge.row()),
                        null);
            }
        }
        rows.putAll(maxUsage.rows());
        count(maxUsage);
    }

    private void count(MaxUsage maxUsage) {
        try {
            Breakdown line = Pricer.batchBreakdown(maxUsage);
            parts = parts.plus(line);
            dearest = line.sum().compareTo(dearest) > 0 ? line.sum() : dearest;
            lines++;
        } catch (ArithmeticException outOfRange) {
            throw malformed("The requested limits are too large.", null);
        }
    }

    private static boolean isLongCached(MaxUsage maxUsage) {
        return maxUsage.facts().input().longCacheWrite();
    }

    /** The hold for all lines. */
    HoldAmount amount() {
        return new HoldAmount(parts, this::fewer);
    }

    private List<Remedy> fewer(Usd free) {
        long most = dearest.equals(Usd.ZERO) ? lines : free.nanos() / dearest.nanos();
        return most > 0 && most < lines ? List.of(new Remedy.FewerLines(most)) : List.of();
    }

    /**
     * The most that the batch can use, in the form of one request. Its input counts against no rate
     * limit: OpenAI limits batches separately.
     *
     * @param batch the facts of the request that creates the batch
     */
    MaxUsage demand(RequestFacts batch) {
        MaxUsage one = first;
        if (one == null) {
            throw new IllegalStateException("no line was added");
        }
        List<Surcharge> reach = new ArrayList<>(tools.values());
        RequestFacts facts =
                new RequestFacts(
                        one.facts().model(),
                        batch.flow(),
                        new RequestFacts.Input(
                                0, false, false, isLongCached(one), false, Pictures.NONE),
                        new RequestFacts.Output(null, 1, null),
                        null,
                        new RequestFacts.Tools(1, false, reach, List.of()),
                        List.of(),
                        batch.file());
        return new MaxUsage(one.price(), facts, rows, one.toolTokens());
    }
}
