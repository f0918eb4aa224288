package dev.oaiproxy.server.store;

import dev.oaiproxy.server.ledger.Admission;
import dev.oaiproxy.server.ledger.CallId;
import dev.oaiproxy.server.ledger.Ending;
import dev.oaiproxy.server.ledger.HoldOrder;
import dev.oaiproxy.server.ledger.Ledger;
import dev.oaiproxy.server.ledger.State;
import dev.oaiproxy.server.money.Usd;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** The ledger in a database. */
final class SqlLedger implements Ledger {
    private static final Logger LOG = System.getLogger(SqlLedger.class.getName());

    private static final String INSERT_CALL =
            """
            INSERT INTO calls (id, booked_ms, ended_ms, state, node, user_id, key_id, operation,
                model, tier, status, reason, tokens, held_nanos, cost_nanos, input_tokens,
                cached_tokens, output_tokens, lines, price_version, adjusts)
            SELECT ?, ?, 0, 0, ?, ?, ?, ?, ?, '', 0, '', ?, ?, 0, 0, 0, 0, '', ?, 0
            """
                    + Nodes.IF_ALIVE;

    private static final Admission NOT_A_NODE =
            new Admission.Unavailable("this process was taken for dead, and is joining again");

    private static final String END_CALL =
            """
            UPDATE calls SET state = ?, ended_ms = ?, reason = ?, status = ?, cost_nanos = ?,
                model = ?, tier = ?, lines = ?, input_tokens = ?, cached_tokens = ?,
                output_tokens = ?,
                price_version = CASE WHEN ? = '' THEN price_version ELSE ? END
            WHERE id = ? AND state = 0
            """;

    private static final String SETTLED = "DELETE FROM deferred WHERE call_id = ?";

    private final Writer writer;
    private final Accounts accounts;
    private final Rollups rollups;
    private final Spool spool;
    private final Self self;

    SqlLedger(Writer writer, Books books, Spool spool, Self self) {
        this.writer = writer;
        this.accounts = books.accounts();
        this.rollups = books.rollups();
        this.spool = spool;
        this.self = self;
    }

    /** The sums that are kept in step with the calls. */
    record Books(Accounts accounts, Rollups rollups) {}

    /**
     * What this process is called.
     *
     * @param doubt called when a call was not written down because that is no longer so
     */
    record Self(Supplier<Place> place, Runnable doubt) {}

    @Override
    public Admission admit(HoldOrder order) {
        if (spool.isFull()) {
            return new Admission.Unavailable("too many charges wait for the database");
        }
        try {
            Admission admission = writer.write(tx -> hold(tx, order));
            if (admission.equals(NOT_A_NODE)) {
                self.doubt().run();
            }
            return admission;
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "admission failed call={0} cause={1}", order.id(), e.toString());
            if (!e.isUndone()) {
                spool.keep(release(order.id(), order.at()));
            }
            return new Admission.Unavailable("the database is not available");
        }
    }

    @Override
    public boolean end(Ending ending) {
        try {
            writer.write(tx -> settle(tx, ending));
            return true;
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "charge spooled call={0} cause={1}", ending.id(), e.toString());
            return spool.keep(ending);
        }
    }

    /**
     * Ends a call inside a transaction, and with it whatever was still to be asked about it; false
     * when it had already ended.
     */
    boolean settle(Tx tx, Ending ending) throws SQLException {
        OpenCall call = tx.first(OpenCall.HELD, OpenCall::read, ending.id().value()).orElse(null);
        boolean landed =
                (call == null || call.isDeferred()) && tx.update(SETTLED, ending.id().value()) > 0;
        if (call == null || update(tx, ending) == 0) {
            return false;
        }
        accounts.settle(tx, call, ending, landed);
        if (ending.state() != State.RELEASED) {
            rollups.add(tx, RollupRow.of(call, ending));
        }
        return true;
    }

    /**
     * Holds and charges at once what is owed for something that is kept; does nothing when an
     * account does not allow it.
     */
    Optional<Admission.OverQuota> buy(Tx tx, HoldOrder order, Ending ending) throws SQLException {
        Optional<Admission.OverQuota> refusal = accounts.holdOwed(tx, order);
        if (refusal.isEmpty()) {
            if (!insert(tx, order)) {
                throw new Work.Undo(new Accruals.Payment.Overtaken());
            }
            settle(tx, ending);
        }
        return refusal;
    }

    private Admission hold(Tx tx, HoldOrder order) throws SQLException {
        Admission admission = accounts.hold(tx, order);
        if (admission instanceof Admission.Granted && !insert(tx, order)) {
            throw new Work.Undo(NOT_A_NODE);
        }
        return admission;
    }

    /** False when this process is no node any more: its number may be another's by now. */
    private boolean insert(Tx tx, HoldOrder order) throws SQLException {
        int node = order.id().node();
        return tx.update(
                        INSERT_CALL,
                        order.id().value(),
                        accounts.booked(order.at()),
                        node,
                        order.key().userNumber(),
                        order.key().number(),
                        order.operation(),
                        order.model(),
                        order.tokens(),
                        order.amount().nanos(),
                        order.priceVersion(),
                        node,
                        self.place().get().incarnation())
                > 0;
    }

    private static int update(Tx tx, Ending ending) throws SQLException {
        Ending.Bill bill = ending.bill();
        return tx.update(
                END_CALL,
                ending.state().code(),
                ending.at().toEpochMilli(),
                Text.cut(ending.reason(), Text.REASON),
                ending.status(),
                bill.cost().nanos(),
                Text.cut(bill.model(), Text.MODEL),
                bill.tier(),
                bill.lines(),
                bill.inputTokens(),
                bill.cachedTokens(),
                bill.outputTokens(),
                bill.priceVersion(),
                bill.priceVersion(),
                ending.id().value());
    }

    private static Ending release(CallId id, Instant at) {
        Ending.Bill nothing = Ending.Bill.flat(Usd.ZERO, "");
        return new Ending(id, State.RELEASED, "not admitted: database failed", 0, at, nothing);
    }
}
