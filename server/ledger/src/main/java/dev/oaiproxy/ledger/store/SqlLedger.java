package dev.oaiproxy.ledger.store;

import dev.oaiproxy.base.metrics.EndedCall;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Admission;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.Ending;
import dev.oaiproxy.ledger.ledger.HoldOrder;
import dev.oaiproxy.ledger.ledger.Ledger;
import dev.oaiproxy.ledger.ledger.State;
import dev.oaiproxy.metering.money.Usd;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The ledger in a database. */
final class SqlLedger implements Ledger {
    private static final Logger LOG = System.getLogger(SqlLedger.class.getName());

    private static final Admission NOT_A_NODE =
            new Admission.Unavailable("this process was taken for dead, and is joining again");

    private static final Admission.Denied SPOOL_FULL =
            new Admission.Unavailable("too many charges wait for the database");

    private static final long FAILURE_NANOS = Duration.ofSeconds(5).toNanos();

    private final Writer writer;
    private final Readers readers;
    private final Accounts accounts;
    private final Rollups rollups;
    private final Spool spool;
    private final Self self;
    private volatile boolean failing;
    private volatile long failedNanos;

    SqlLedger(Desk desk, Rollups rollups, Spool spool, Self self) {
        this.writer = desk.writer();
        this.readers = desk.readers();
        this.accounts = desk.accounts();
        this.rollups = rollups;
        this.spool = spool;
        this.self = self;
    }

    /**
     * What this process is called.
     *
     * @param doubt called when a call was not written down because that is no longer so
     */
    record Self(Supplier<Place> place, Runnable doubt) {}

    @Override
    public Admission admit(HoldOrder order, Usd room) {
        Work.Posting<Admission> work =
                new Work.Posting<>(
                        page -> page.expectAccounts(order.key().userNumber(), order.key().number()),
                        tx -> hold(tx.page(), order, room));
        return admitted(
                order.id(),
                work,
                failure -> {
                    if (!failure.isUndone()) {
                        spool.keep(release(order.id(), order.at()));
                    }
                });
    }

    /** What came of it may not be known: then the call ends at whichever of the two is held. */
    @Override
    public Admission resize(CallId id, Usd amount, Instant at) {
        Work.Posting<Admission> work =
                new Work.Posting<>(
                        page -> page.expectCall(id.value()),
                        tx -> resize(tx.page(), id, amount.nanos(), at));
        return admitted(id, work, failure -> {});
    }

    private Admission admitted(
            CallId id, Work.Posting<Admission> work, Consumer<StoreException> afterFailure) {
        if (spool.isFull()) {
            return SPOOL_FULL;
        }
        try {
            Admission admission = writer.write(work);
            failing = false;
            if (admission.equals(NOT_A_NODE)) {
                self.doubt().run();
            }
            return admission;
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "admission failed call={0} cause={1}", id, e.toString());
            if (!e.isRefused()) {
                failedNanos = System.nanoTime();
                failing = true;
            }
            afterFailure.accept(e);
            return new Admission.Unavailable("the database is not available");
        }
    }

    @Override
    public Optional<Admission.Denied> objection(Key key, Instant at) {
        if (spool.isFull()) {
            return Optional.of(SPOOL_FULL);
        }
        try {
            return readers.read(tx -> accounts.objection(tx, key, at));
        } catch (StoreException e) {
            return Optional.of(new Admission.Unavailable("the database is not available"));
        }
    }

    /**
     * Whether calls are taken: not while the database fails to, whatever else it does, and for a
     * moment after the last that it did not take. What it refuses of one call tells nothing.
     */
    boolean isTaking() {
        return !failing || System.nanoTime() - failedNanos > FAILURE_NANOS;
    }

    @Override
    public boolean end(Ending ending) {
        try {
            writer.write(
                    new Work.Posting<>(
                            page -> page.expectCall(ending.id().value()),
                            tx -> settle(tx, ending)));
            return true;
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "charge spooled call={0} cause={1}", ending.id(), e.toString());
            return spool.keep(ending);
        }
    }

    private Admission hold(Page page, HoldOrder order, Usd room) throws SQLException {
        if (!isOfNode(page, order)) {
            return NOT_A_NODE;
        }
        Admission admission = accounts.hold(page, order, room);
        if (admission instanceof Admission.Granted) {
            add(page, order);
        }
        return admission;
    }

    private Admission resize(Page page, CallId id, long nanos, Instant at) throws SQLException {
        OpenCall call = page.call(id.value()).orElse(null);
        if (call == null) {
            return new Admission.Unavailable("the call has ended");
        }
        long more = nanos - call.heldNanos();
        Admission admission =
                more > 0 ? accounts.raise(page, call, more, at) : accounts.lower(page, call, -more);
        if (admission instanceof Admission.Granted && more != 0) {
            page.resize(call.holding(nanos));
        }
        return admission;
    }

    /**
     * Ends a call inside a transaction, and with it whatever was still to be asked about it; false
     * when it had already ended.
     */
    boolean settle(Tx tx, Ending ending) throws SQLException {
        long id = ending.id().value();
        OpenCall call = tx.page().call(id).orElse(null);
        if (call == null || call.isDeferred()) {
            tx.page().settle(id);
        }
        if (call == null) {
            return false;
        }
        tx.page().end(ending);
        tx.countEnded(counted(call, ending));
        accounts.settle(tx.page(), call, ending);
        if (ending.state() != State.RELEASED) {
            rollups.add(tx.page(), RollupRow.of(call, ending));
        }
        return true;
    }

    private static EndedCall counted(OpenCall call, Ending ending) {
        Ending.Bill bill = ending.bill();
        return new EndedCall(
                call.operation(),
                bill.model(),
                ending.state().label(),
                ending.status(),
                bill.tier(),
                call.heldNanos(),
                bill.cost().nanos(),
                bill.inputTokens(),
                bill.cachedTokens(),
                bill.outputTokens());
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
     * account does not allow it. The order has to be this node's.
     */
    Optional<Admission.OverQuota> buy(Tx tx, HoldOrder order, Ending ending) throws SQLException {
        Optional<Admission.OverQuota> refusal = accounts.holdOwed(tx.page(), order);
        if (refusal.isEmpty()) {
            add(tx.page(), order);
            settle(tx, ending);
        }
        return refusal;
    }

    /** False when this process is no node any more: its number may be another's by now. */
    boolean isOfNode(Page page, HoldOrder order) throws SQLException {
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
                        true,
                        false);
        page.add(call, order);
    }

    private static Ending release(CallId id, Instant at) {
        Ending.Bill nothing = Ending.Bill.flat(Usd.ZERO, "");
        return new Ending(id, State.RELEASED, "not admitted: database failed", 0, at, nothing);
    }
}
