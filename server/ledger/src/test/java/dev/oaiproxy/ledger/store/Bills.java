package dev.oaiproxy.ledger.store;

import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.Ending;
import dev.oaiproxy.ledger.ledger.State;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.PricedLine;
import dev.oaiproxy.metering.price.PricedLines;
import dev.oaiproxy.metering.price.book.Rate;
import java.time.Instant;
import java.util.List;

/** Endings of calls whose bills the audit can compute again. */
final class Bills {
    static final String MODEL = "gpt-4o";
    private static final long MILLION = 1_000_000;

    private Bills() {}

    static Ending charge(CallId id, Usd cost, long tokens, Instant at) {
        String lines =
                cost.nanos() == 0
                        ? ""
                        : PricedLines.text(
                                List.of(
                                        new PricedLine(
                                                Unit.OUTPUT, MILLION, new Rate(cost.nanos()))));
        return new Ending(
                id,
                State.CHARGED,
                null,
                200,
                at,
                new Ending.Bill(cost, MODEL, "default", lines, tokens, 0, 0, ""));
    }

    /** The same, at the prices of another edition than those of the admission. */
    static Ending pricedBy(String version, Ending ending) {
        Ending.Bill bill = ending.bill();
        Ending.Bill other =
                new Ending.Bill(
                        bill.cost(),
                        bill.model(),
                        bill.tier(),
                        bill.lines(),
                        bill.inputTokens(),
                        bill.cachedTokens(),
                        bill.outputTokens(),
                        version);
        return new Ending(
                ending.id(), ending.state(), ending.reason(), ending.status(), ending.at(), other);
    }

    static Ending release(CallId id, Instant at) {
        return release(id, at, "not sent");
    }

    static Ending release(CallId id, Instant at, String reason) {
        return new Ending(id, State.RELEASED, reason, 0, at, flat(Usd.ZERO));
    }

    static Ending estimate(CallId id, Usd held, Instant at) {
        return new Ending(id, State.ESTIMATED, "cut off", 200, at, flat(held));
    }

    private static Ending.Bill flat(Usd cost) {
        return Ending.Bill.flat(cost, MODEL);
    }
}
