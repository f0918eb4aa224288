package dev.oaiproxy.proxy.settle;

import dev.oaiproxy.ledger.ledger.Ending;
import dev.oaiproxy.metering.price.Charge;
import dev.oaiproxy.metering.price.Lines;
import dev.oaiproxy.metering.price.Tally;
import dev.oaiproxy.metering.usage.BatchLines;
import dev.oaiproxy.metering.usage.Reading;
import dev.oaiproxy.proxy.quota.Hold;
import org.jspecify.annotations.Nullable;

/** The bill of a batch, which grows by the answers of its output. */
final class BatchBill {
    private static final int FIRST_ERROR = 400;

    /** The longest text of lines that the ledger keeps. */
    private static final int LONGEST_LINES = 1000;

    private final Costing costing;
    private final Tally tally = new Tally();
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
     * Adds an answer.
     *
     * @return why its cost cannot be known, or null
     */
    @Nullable String add(BatchLines.Line line) {
        number++;
        if (isFree(line)) {
            return null;
        }
        answered++;
        if (!(line.reading() instanceof Reading.Complete complete)) {
            return "line " + number + " of the output states no usage that adds up";
        }
        return switch (costing.of(complete, line.status())) {
            case Costing.Outcome.Doubtful doubtful -> "line " + number + ": " + doubtful.why();
            case Costing.Outcome.Unknown unknown -> "line " + number + ": " + unknown.why();
            case Costing.Outcome.Known known -> {
                add(known.cost());
                yield null;
            }
        };
    }

    private void add(Hold.Cost cost) {
        tally.add(cost.charge());
        input += cost.usage().inputTokens();
        cached += cost.usage().cachedTokens();
        output += cost.usage().outputTokens();
        remark = cost.remark() == null ? remark : cost.remark();
    }

    /** Errors cost nothing, nor does what was never run; what cannot be read is neither. */
    private static boolean isFree(BatchLines.Line line) {
        boolean unrun =
                line.status() == 0
                        && line.customId() != null
                        && line.reading() instanceof Reading.Missing missing
                        && missing.failed();
        return line.status() >= FIRST_ERROR || unrun;
    }

    /** How many answers were not errors. */
    long answered() {
        return answered;
    }

    /** Whether that is what OpenAI itself says that the batch has consumed, if it says so. */
    boolean agrees(BatchSight batch) {
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
     * The bill as the ledger has it; null when it has more lines than that.
     *
     * @param model the name of the row that the hold was priced by
     */
    Ending.@Nullable Bill ending(String model) {
        Charge charge = tally.charge();
        String lines = Lines.text(charge.lines());
        return lines.length() > LONGEST_LINES
                ? null
                : new Ending.Bill(
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
