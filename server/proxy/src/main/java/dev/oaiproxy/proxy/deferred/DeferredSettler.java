package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.ledger.Ledger;
import dev.oaiproxy.ledger.store.table.OwnedObjects;
import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.ledger.store.table.RecurringCharges;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.proxy.quota.Hold;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks OpenAI about deferred calls until each has ended, and settles them. */
public final class DeferredSettler implements AutoCloseable {
    private static final Logger LOG = System.getLogger(DeferredSettler.class.getName());
    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final int MOST_DOUBLINGS = 7;

    /** Batches take up to a day, so OpenAI is asked about them less often. */
    private static final Duration LONGEST_WAIT_FOR_BATCH = Duration.ofMinutes(2);

    /** The most requests in a row for which a part of OpenAI may not know a new object. */
    private static final int MOST_MISSES = 3;

    /** After this time OpenAI has ended or forgotten every call. */
    private static final Duration MOST_PATIENCE = Duration.ofDays(7);

    private static final Duration ALARM_AFTER = Duration.ofDays(1);

    /** OpenAI may still be finishing a batch that expired after a day. */
    private static final Duration ALARM_AFTER_FOR_BATCH = Duration.ofDays(2);

    private static final int ALARM_EVERY = 60;

    private final PendingSettlements pendingSettlements;
    private final Ledger ledger;
    private final InstantSource clock;
    private final ResponseQuery responses;
    private final BatchQuery batches;
    private final FineTuningQuery trainings;
    private final DueWork<PendingSettlements.Due> work;

    public DeferredSettler(
            PendingSettlements pendingSettlements,
            Ledger ledger,
            OwnedObjects ownedObjects,
            RecurringCharges recurringCharges,
            Upstream upstream,
            Supplier<PriceBook> prices,
            InstantSource clock) {
        this.pendingSettlements = pendingSettlements;
        this.ledger = ledger;
        this.clock = clock;
        this.responses = new ResponseQuery(upstream, prices, ownedObjects, recurringCharges);
        this.batches = new BatchQuery(upstream, prices, ownedObjects);
        this.trainings = new FineTuningQuery(upstream, prices, ownedObjects);
        this.work =
                new DueWork<>(
                        "settler",
                        pendingSettlements::due,
                        due -> due.task().call().toString(),
                        this::settle);
    }

    /** Begins to settle calls that are due. */
    public void start() {
        work.start();
    }

    /** Settles the calls that are due now, and waits until that is done. */
    public void settleDue() throws InterruptedException {
        work.seeToDue();
    }

    private void settle(PendingSettlements.Due due) {
        if (!pendingSettlements.claim(due, clock.instant().plus(pause(due)))) {
            return;
        }
        switch (asked(due)) {
            case SettlementResult.NotYet later -> {
                pendingSettlements.seen(due);
                putOff(due, later.why());
            }
            case SettlementResult.Gone _ when due.misses() < MOST_MISSES -> {
                pendingSettlements.missed(due);
                putOff(due, "not found");
            }
            case SettlementResult.Gone _ ->
                    end(due, responses.broken(due, "OpenAI no longer has the response"));
            case SettlementResult.Settled ended -> end(due, ended);
        }
    }

    /** The remark of a settlement. A cost beyond the hold is charged too, and raises an alarm. */
    private static @Nullable String remark(
            PendingSettlements.Due due, SettlementResult.Settled ended) {
        if (ended.state() != CallState.CHARGED || ended.bill().cost().compareTo(due.held()) <= 0) {
            return ended.why();
        }
        Alarms.raise(
                LOG,
                "charge_above_hold",
                "call={0} held={1} cost={2}",
                due.task().call(),
                due.held(),
                ended.bill().cost());
        return Hold.ABOVE;
    }

    private static Duration pause(PendingSettlements.Due due) {
        int doublings = (int) Math.min(due.attempts(), MOST_DOUBLINGS);
        Duration pause = SHORTEST_WAIT.multipliedBy(1L << doublings);
        Duration longest = isBatch(due) ? LONGEST_WAIT_FOR_BATCH : LONGEST_WAIT;
        return pause.compareTo(longest) < 0 ? pause : longest;
    }

    private static boolean isBatch(PendingSettlements.Due due) {
        return due.task().kind() == PendingSettlements.SettlementKind.BATCH;
    }

    private SettlementResult asked(PendingSettlements.Due due) {
        try {
            return switch (due.task().kind()) {
                case RESPONSE -> responses.ask(due);
                case BATCH -> batches.ask(due);
                case FINE_TUNING -> trainings.ask(due);
            };
        } catch (UpstreamException e) {
            return new SettlementResult.NotYet(e.toString());
        } catch (IllegalArgumentException | ArithmeticException e) {
            return SettlementResult.estimate(due, "the cost is out of range");
        }
    }

    private void putOff(PendingSettlements.Due due, String why) {
        Duration age = Duration.between(due.createdAt(), clock.instant());
        boolean old = age.compareTo(isBatch(due) ? ALARM_AFTER_FOR_BATCH : ALARM_AFTER) > 0;
        boolean over = age.compareTo(MOST_PATIENCE) > 0;
        String text = "call={0} kind={1} object={2} attempts={3} why={4}";
        Object[] values = {
            due.task().call(),
            due.task().kind().label(),
            due.task().objectId(),
            due.attempts() + 1,
            why
        };
        if (over || (old && due.attempts() % ALARM_EVERY == 0)) {
            Alarms.raise(LOG, "unsettled", text, values);
        } else {
            LOG.log(Level.DEBUG, "event=unsettled " + text, values);
        }
        if (over) {
            end(
                    due,
                    SettlementResult.estimate(
                            due, "OpenAI did not state the cost within seven days: " + why));
        }
    }

    private void end(PendingSettlements.Due due, SettlementResult.Settled ended) {
        CallId call = due.task().call();
        ledger.end(
                new CallOutcome(
                        call,
                        ended.state(),
                        remark(due, ended),
                        ObjectFetch.OK,
                        clock.instant(),
                        ended.bill()));
        LOG.log(
                Level.INFO,
                "event=settled call={0} kind={1} object={2} state={3} usd={4}",
                call,
                due.task().kind().label(),
                due.task().objectId(),
                ended.state().label(),
                ended.bill().cost());
    }

    /** Stops. Calls that are not settled stay recorded. */
    @Override
    public void close() {
        work.close();
    }
}
