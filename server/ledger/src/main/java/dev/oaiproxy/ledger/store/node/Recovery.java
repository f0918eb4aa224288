package dev.oaiproxy.ledger.store.node;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.NodeId;
import dev.oaiproxy.ledger.store.write.Spool;
import dev.oaiproxy.ledger.store.write.SqlLedger;
import dev.oaiproxy.ledger.store.write.Transaction;
import dev.oaiproxy.ledger.store.write.Writer;
import dev.oaiproxy.metering.money.Usd;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Brings the ledger up to date: posts the spool, and ends the calls of dead nodes. */
public record Recovery(Writer writer, SqlLedger ledger, Spool spool, InstantSource clock) {
    private static final Logger LOG = System.getLogger(Recovery.class.getName());

    /** Few, because all nodes wait for each step. */
    private static final int MOST_AT_ONCE = 50;

    private static final int PAUSE_MILLIS = 250;

    private static final String ORPHANS =
            """
            SELECT id, held_nanos, model FROM calls WHERE state = 0 AND node = ?
                AND NOT EXISTS (SELECT 1 FROM deferred d WHERE d.call_id = calls.id)
            ORDER BY id LIMIT ?
            """;

    /** Posts the spool once, at the start. */
    public void postSpool() {
        spool.waiting().forEach(this::post);
    }

    /**
     * Ends every held call of a dead node, step by step, at its hold: its cost is unknown, and at
     * most that. Calls with a pending settlement stay held. Several nodes may do that at once; a
     * call ends once.
     *
     * @return the number of calls that were ended
     */
    public int sweep() {
        int ended = 0;
        OptionalInt some = writer.transact(this::step);
        while (some.isPresent()) {
            ended += some.getAsInt();
            some = writer.transact(this::step);
        }
        if (ended > 0) {
            LOG.log(
                    Level.WARNING,
                    "event=calls_recovered calls={0}: a process ended without a shutdown",
                    Integer.toString(ended));
        }
        return ended;
    }

    private OptionalInt step(Transaction transaction) throws SQLException {
        Tx tx = transaction.sql();
        Optional<NodeId> gone = Nodes.gone(tx);
        if (gone.isEmpty()) {
            return OptionalInt.empty();
        }
        int ended = estimateOrphans(transaction, gone.get().number(), clock.instant());
        if (ended == 0) {
            transaction.flush();
            Nodes.free(tx, gone.get());
        }
        return OptionalInt.of(ended);
    }

    /** Posts what comes into the spool, until it is closed. */
    public void run() {
        try {
            while (spool.awaitEntry()) {
                if (!postWaiting()) {
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Posts one by one, so that an outcome that the database refuses does not hold up the others.
     */
    private boolean postWaiting() {
        try {
            spool.waiting().forEach(this::post);
            return true;
        } catch (RuntimeException stillDown) {
            LOG.log(Level.DEBUG, "event=spool_not_posted cause={0}", stillDown.toString());
            return false;
        }
    }

    private void post(CallOutcome outcome) {
        try {
            boolean isNew = writer.transact(transaction -> ledger.settle(transaction, outcome));
            LOG.log(Level.INFO, "event=spool_posted call={0} new={1}", outcome.id(), isNew);
        } catch (StoreException e) {
            if (!e.isRefused()) {
                throw e;
            }
            // Its hold stays, and is charged as an estimate at the next start.
            Alarms.raise(LOG, "ending_refused", "call={0} cause={1}", outcome.id(), e);
        }
        spool.posted(1);
    }

    private int estimateOrphans(Transaction transaction, int node, Instant now)
            throws SQLException {
        List<CallOutcome> orphans =
                transaction
                        .sql()
                        .list(
                                ORPHANS,
                                row ->
                                        atHold(
                                                new CallId(row.getLong(1)),
                                                Usd.ofNanos(row.getLong(2)),
                                                row.getString(3),
                                                now),
                                node,
                                MOST_AT_ONCE);
        return ledger.settleAll(transaction, orphans);
    }

    private static CallOutcome atHold(CallId id, Usd held, String model, Instant now) {
        return new CallOutcome(
                id,
                CallState.ESTIMATED,
                "the proxy stopped before the response ended",
                0,
                now,
                CallOutcome.Bill.flat(held, model));
    }
}
