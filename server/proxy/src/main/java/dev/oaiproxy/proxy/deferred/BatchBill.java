package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.metering.price.Charge;
import dev.oaiproxy.metering.price.LineSums;
import dev.oaiproxy.metering.price.PricedLines;
import dev.oaiproxy.metering.usage.BatchOutputReader;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.proxy.quota.Costing;
import dev.oaiproxy.proxy.quota.Hold;
import org.jspecify.annotations.Nullable;

/** The bill of a batch, summed up from the responses in its output. */
final class BatchBill {
    private static final int FIRST_ERROR = 400;

    /** The longest text of price lines that the ledger keeps. */
    private static final int LONGEST_LINES = 1000;

    private final Costing costing;
    private final LineSums lineSums = new LineSums();
    private long number;
    private long answered;
    private long input;
    private long cached;
    private long output;
    private @Nullable String remark;

    BatchBill(Costing costing) {
        this.costing = costing;
    }

    /**
     * Adds a response.
     *
     * @return the reason why its cost is unknown, or null
     */
    @Nullable String add(BatchOutputReader.OutputLine line) {
        number++;
        if (isFree(line)) {
            return null;
        }
        answered++;
        if (!(line.result() instanceof UsageResult.Complete complete)) {
            return "line " + number + " of the output has no valid usage";
        }
        return switch (costing.of(complete, line.status())) {
            case Costing.CostResult.Doubtful doubtful -> "line " + number + ": " + doubtful.why();
            case Costing.CostResult.Unpriceable unpriceable ->
                    "line " + number + ": " + unpriceable.why();
            case Costing.CostResult.Known known -> {
                add(known.cost());
                yield null;
            }
        };
    }

    private void add(Hold.Cost cost) {
        lineSums.add(cost.charge());
        input += cost.usage().inputTokens();
        cached += cost.usage().cachedTokens();
        output += cost.usage().outputTokens();
        remark = cost.remark() == null ? remark : cost.remark();
    }

    /**
     * True for errors and for requests that never ran, which cost nothing. A line that cannot be
     * read is not free.
     */
    private static boolean isFree(BatchOutputReader.OutputLine line) {
        boolean unrun =
                line.status() == 0
                        && line.customId() != null
                        && line.result() instanceof UsageResult.Missing missing
                        && missing.failed();
        return line.status() >= FIRST_ERROR || unrun;
    }

    /** The number of responses that are not errors. */
    long answered() {
        return answered;
    }

    /** True when the sums match the batch's own usage, if it states one. */
    boolean agrees(BatchStatus batch) {
        return agrees(batch.tokens("input_tokens"), input)
                && agrees(batch.tokens("output_tokens"), output);
    }

    private static boolean agrees(long told, long counted) {
        return told < 0 || told == counted;
    }

    @Nullable String remark() {
        return remark;
    }

    /**
     * The bill for the ledger; null when it has too many price lines.
     *
     * @param model the price book row of the hold
     */
    CallOutcome.@Nullable Bill ending(String model) {
        Charge charge = lineSums.charge();
        String lines = PricedLines.text(charge.lines());
        return lines.length() > LONGEST_LINES
                ? null
                : new CallOutcome.Bill(
                        charge.cost(),
                        model,
                        charge.tier().label(),
                        lines,
                        input,
                        cached,
                        output,
                        costing.prices().version());
    }
}
