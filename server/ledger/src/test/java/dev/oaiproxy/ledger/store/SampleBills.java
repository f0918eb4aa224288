package dev.oaiproxy.ledger.store;

import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.PricedLine;
import dev.oaiproxy.metering.price.PricedLines;
import dev.oaiproxy.metering.price.book.Rate;
import java.time.Instant;
import java.util.List;

/** Endings of calls whose bills the audit can compute again. */
public final class SampleBills {
    public static final String MODEL = "gpt-4o";
    private static final long MILLION = 1_000_000;

    private SampleBills() {}

    public static CallOutcome charge(CallId id, Usd cost, long tokens, Instant at) {
        String lines =
                cost.nanos() == 0
                        ? ""
                        : PricedLines.text(
                                List.of(
                                        new PricedLine(
                                                Unit.OUTPUT, MILLION, new Rate(cost.nanos()))));
        return new CallOutcome(
                id,
                CallState.CHARGED,
                null,
                200,
                at,
                new CallOutcome.Bill(cost, MODEL, "default", lines, tokens, 0, 0, ""));
    }

    /** The same, of another model. */
    static CallOutcome ofModel(String model, CallOutcome outcome) {
        CallOutcome.Bill bill = outcome.bill();
        CallOutcome.Bill other =
                new CallOutcome.Bill(
                        bill.cost(),
                        model,
                        bill.tier(),
                        bill.lines(),
                        bill.inputTokens(),
                        bill.cachedTokens(),
                        bill.outputTokens(),
                        bill.priceVersion());
        return new CallOutcome(
                outcome.id(),
                outcome.state(),
                outcome.reason(),
                outcome.status(),
                outcome.at(),
                other);
    }

    /** The same, at the prices of another version than that of the admission. */
    public static CallOutcome pricedBy(String version, CallOutcome outcome) {
        CallOutcome.Bill bill = outcome.bill();
        CallOutcome.Bill other =
                new CallOutcome.Bill(
                        bill.cost(),
                        bill.model(),
                        bill.tier(),
                        bill.lines(),
                        bill.inputTokens(),
                        bill.cachedTokens(),
                        bill.outputTokens(),
                        version);
        return new CallOutcome(
                outcome.id(),
                outcome.state(),
                outcome.reason(),
                outcome.status(),
                outcome.at(),
                other);
    }

    public static CallOutcome release(CallId id, Instant at) {
        return release(id, at, "not sent");
    }

    public static CallOutcome release(CallId id, Instant at, String reason) {
        return new CallOutcome(id, CallState.RELEASED, reason, 0, at, flat(Usd.ZERO));
    }

    public static CallOutcome estimate(CallId id, Usd held, Instant at) {
        return new CallOutcome(id, CallState.ESTIMATED, "cut off", 200, at, flat(held));
    }

    private static CallOutcome.Bill flat(Usd cost) {
        return CallOutcome.Bill.flat(cost, MODEL);
    }
}
