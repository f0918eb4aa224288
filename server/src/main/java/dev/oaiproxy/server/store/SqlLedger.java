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
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The ledger in a database. */
final class SqlLedger implements Ledger {
    private static final Logger LOG = System.getLogger(SqlLedger.class.getName());

    private static final Admission NOT_A_NODE =
            new Admission.Unavailable("this process was taken for dead, and is joining again");

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
            Admission admission = writer.write(new Hold(order));
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
            writer.write(new End(ending));
            return true;
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "charge spooled call={0} cause={1}", ending.id(), e.toString());
            return spool.keep(ending);
        }
    }

    private final class Hold implements Work.Posting<Admission> {
        private final HoldOrder order;

        Hold(HoldOrder order) {
            this.order = order;
        }

        @Override
        public void announce(Page page) {
            page.expectAccounts(Accounts.EVERYONE, order.key().userNumber(), order.key().number());
        }

        @Override
        public Admission run(Tx tx) throws SQLException {
            if (!isOfNode(tx.page(), order)) {
                return NOT_A_NODE;
            }
            Admission admission = accounts.hold(tx.page(), order);
            if (admission instanceof Admission.Granted) {
                add(tx.page(), order);
            }
            return admission;
        }
    }

    private final class End implements Work.Posting<Boolean> {
        private final Ending ending;

        End(Ending ending) {
            this.ending = ending;
        }

        @Override
        public void announce(Page page) {
            page.expectCall(ending.id().value());
        }

        @Override
        public Boolean run(Tx tx) throws SQLException {
            return settle(tx, ending);
        }
    }

    /**
     * Ends a call inside a transaction, and with it whatever was still to be asked about it; false
     * when it had already ended.
     */
    boolean settle(Tx tx, Ending ending) throws SQLException {
        long id = ending.id().value();
        OpenCall call = tx.page().call(id).orElse(null);
        boolean landed = (call == null || call.isDeferred()) && tx.update(SETTLED, id) > 0;
        if (call == null) {
            return false;
        }
        end(tx.page(), ending);
        accounts.settle(tx.page(), call, ending, landed);
        if (ending.state() != State.RELEASED) {
            rollups.add(tx.page(), RollupRow.of(call, ending));
        }
        return true;
    }

    /** Ends several. */
    int settleAll(Tx tx, List<Ending> endings) throws SQLException {
        endings.forEach(ending -> tx.page().expectCall(ending.id().value()));
        int settled = 0;
        for (Ending ending : endings) {
            settled += settle(tx, ending) ? 1 : 0;
        }
        return settled;
    }

    /**
     * Holds and charges at once what is owed for something that is kept; does nothing when an
     * account does not allow it.
     */
    Optional<Admission.OverQuota> buy(Tx tx, HoldOrder order, Ending ending) throws SQLException {
        if (!isOfNode(tx.page(), order)) {
            throw new Work.Undo(new Accruals.Payment.Overtaken());
        }
        Optional<Admission.OverQuota> refusal = accounts.holdOwed(tx.page(), order);
        if (refusal.isEmpty()) {
            add(tx.page(), order);
            settle(tx, ending);
        }
        return refusal;
    }

    /** False when this process is no node any more: its number may be another's by now. */
    private boolean isOfNode(Page page, HoldOrder order) throws SQLException {
        return page.isAlive(new Place(order.id().node(), self.place().get().incarnation()));
    }

    private void add(Page page, HoldOrder order) {
        OpenCall call =
                new OpenCall(
                        order.id().value(),
                        accounts.booked(order.at()),
                        order.key().userNumber(),
                        order.key().number(),
                        order.operation(),
                        order.tokens(),
                        order.amount().nanos(),
                        0,
                        false);
        page.add(
                call,
                call.id(),
                call.bookedMillis(),
                order.id().node(),
                call.userId(),
                call.keyId(),
                call.operation(),
                order.model(),
                call.tokens(),
                call.heldNanos(),
                order.priceVersion());
    }

    private static void end(Page page, Ending ending) {
        Ending.Bill bill = ending.bill();
        long id = ending.id().value();
        page.end(
                id,
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
                id);
    }

    private static Ending release(CallId id, Instant at) {
        Ending.Bill nothing = Ending.Bill.flat(Usd.ZERO, "");
        return new Ending(id, State.RELEASED, "not admitted: database failed", 0, at, nothing);
    }
}
