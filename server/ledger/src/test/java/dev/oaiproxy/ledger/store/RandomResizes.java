package dev.oaiproxy.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/**
 * Has some of the calls of a {@link RandomProgram} hold other amounts.
 *
 * @param random of its own, so that the seeds go on to do what they did
 */
record RandomResizes(LedgerFixture ledger, PaperLedger paper, Random random) {
    private static final long MOST_NANOS = 1_000_000_000;

    /** A resize of one open call, in flight or landed; or nothing. */
    List<LedgerStep<?>> some(List<TwinCall> open) {
        return open.isEmpty() || random.nextInt(3) > 0
                ? List.of()
                : List.of(of(open.get(random.nextInt(open.size())), random.nextLong(MOST_NANOS)));
    }

    /** A larger hold for a call, before it ends at its cost; or nothing. */
    List<LedgerStep<?>> before(CallOutcome outcome, TwinCall twinCall) {
        return random.nextInt(3) > 0 || outcome.state() == CallState.ESTIMATED
                ? List.of()
                : List.of(of(twinCall, twinCall.call().held + random.nextLong(MOST_NANOS)));
    }

    private LedgerStep<Admission> of(TwinCall twinCall, long nanos) {
        Instant now = ledger.clock().instant();
        Usd amount = Usd.ofNanos(nanos);
        return new LedgerStep<>(
                () -> ledger.store().ledger().resize(twinCall.id(), amount, now),
                admission -> {
                    assertThat(admission).isNotInstanceOf(Admission.Unavailable.class);
                    assertThat(admission instanceof Admission.Granted)
                            .as("%s of %s", admission, amount)
                            .isEqualTo(paper.resize(twinCall.call(), nanos, now.toEpochMilli()));
                    return "resize " + twinCall.id() + " " + admission;
                });
    }
}
