package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.base.metrics.EndedCall;
import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.Ledger;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.ColumnLimits;
import dev.oaiproxy.ledger.store.sql.StoreException;
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
public final class SqlLedger implements Ledger {
    private static final Logger LOG = System.getLogger(SqlLedger.class.getName());

    private static final Admission NOT_A_NODE =
            new Admission.Unavailable("this process was taken for dead, and is joining again");

    private static final Admission.Denied SPOOL_FULL =
            new Admission.Unavailable("too many charges wait for the database");

    private static final long FAILURE_NANOS = Duration.ofSeconds(5).toNanos();

    private final Writer writer;
    private final ReaderThreads readerThreads;
    private final Accounts accounts;
    private final Rollups rollups;
    private final Spool spool;
    private final Supplier<NodeId> node;
    private final Runnable doubt;
    private volatile boolean failing;
    private volatile long failedNanos;

    /**
     * @param node the node that this process is now
     * @param doubt called when a call was refused because it no longer is that node
     */
    public SqlLedger(
            Writer writer,
            ReaderThreads readerThreads,
            Accounts accounts,
            Rollups rollups,
            Spool spool,
            Supplier<NodeId> node,
            Runnable doubt) {
        this.writer = writer;
        this.readerThreads = readerThreads;
        this.accounts = accounts;
        this.rollups = rollups;
        this.spool = spool;
        this.node = node;
        this.doubt = doubt;
    }

    @Override
    public Admission admit(HoldRequest order, Usd room) {
        Payers payers = Payers.of(order.key());
        return admitted(
                order.id(),
                unitOfWork -> {
                    unitOfWork.expectNode(nodeOf(order));
                    unitOfWork.expectAccounts(payers);
                },
                transaction -> hold(transaction.unitOfWork(), order, room),
                failure -> {
                    if (!failure.isUndone()) {
                        spool.keep(release(order.id(), order.at()));
                    }
                });
    }

    /** After an unknown result, the call ends at the hold that the database has. */
    @Override
    public Admission resize(CallId id, Usd amount, Instant at) {
        return admitted(
                id,
                unitOfWork -> unitOfWork.expectCall(id.value()),
                transaction -> resize(transaction.unitOfWork(), id, amount.nanos(), at),
                failure -> {});
    }

    private Admission admitted(
            CallId id,
            Consumer<UnitOfWork> announcement,
            TransactionCallback<Admission> work,
            Consumer<StoreException> afterFailure) {
        if (spool.isFull()) {
            return SPOOL_FULL;
        }
        try {
            Admission admission = writer.transact(announcement, work);
            failing = false;
            if (admission.equals(NOT_A_NODE)) {
                doubt.run();
            }
            return admission;
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "event=admission_failed call={0} cause={1}", id, e.toString());
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
            return readerThreads.read(tx -> accounts.objection(tx, key, at));
        } catch (StoreException e) {
            return Optional.of(new Admission.Unavailable("the database is not available"));
        }
    }

    /**
     * True while the ledger admits calls: false for a moment after a failed admission. A single
     * refused statement does not count.
     */
    public boolean isTaking() {
        return !failing || System.nanoTime() - failedNanos > FAILURE_NANOS;
    }

    @Override
    public boolean end(CallOutcome outcome) {
        return end(outcome, unitOfWork -> {});
    }

    @Override
    public boolean end(CallOutcome outcome, Key key) {
        Payers payers = Payers.of(key);
        return end(outcome, unitOfWork -> unitOfWork.expectAccounts(payers));
    }

    private boolean end(CallOutcome outcome, Consumer<UnitOfWork> announcement) {
        try {
            writer.transact(
                    unitOfWork -> {
                        unitOfWork.expectCall(outcome.id().value());
                        announcement.accept(unitOfWork);
                    },
                    transaction -> settle(transaction, outcome));
            return true;
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "event=charge_spooled call={0} cause={1}",
                    outcome.id(),
                    e.toString());
            return spool.keep(outcome);
        }
    }

    private Admission hold(UnitOfWork unitOfWork, HoldRequest order, Usd room) throws SQLException {
        if (!isOfNode(unitOfWork, order)) {
            return NOT_A_NODE;
        }
        List<Account> payers = accounts.payers(unitOfWork, order);
        Admission admission = Accounts.hold(unitOfWork, payers, order, room);
        if (admission instanceof Admission.Granted) {
            add(unitOfWork, order, payers);
        }
        return admission;
    }

    private Admission resize(UnitOfWork unitOfWork, CallId id, long nanos, Instant at)
            throws SQLException {
        OpenCall call = unitOfWork.call(id.value()).orElse(null);
        if (call == null) {
            return new Admission.Unavailable("the call has ended");
        }
        long more = nanos - call.heldNanos();
        Admission admission =
                more > 0
                        ? accounts.raise(unitOfWork, call, more, at)
                        : Accounts.lower(unitOfWork, call, -more);
        if (admission instanceof Admission.Granted && more != 0) {
            unitOfWork.resize(call.holding(nanos));
        }
        return admission;
    }

    /**
     * Ends a call, and its pending settlement, in a transaction; false when it had already ended.
     */
    public boolean settle(Transaction transaction, CallOutcome outcome) throws SQLException {
        UnitOfWork unitOfWork = transaction.unitOfWork();
        long id = outcome.id().value();
        OpenCall call = unitOfWork.call(id).orElse(null);
        if (call == null || call.isDeferred()) {
            unitOfWork.settle(id);
        }
        if (call == null) {
            return false;
        }
        unitOfWork.end(outcome);
        transaction.countEnded(counted(call, outcome));
        Accounts.settle(unitOfWork, call, outcome);
        if (outcome.state() != CallState.RELEASED) {
            CallOutcome.Bill bill = outcome.bill();
            rollups.add(
                    unitOfWork,
                    call,
                    ColumnLimits.cut(bill.model(), ColumnLimits.MODEL),
                    new Rollups.Sums(
                            1,
                            bill.inputTokens(),
                            bill.cachedTokens(),
                            bill.outputTokens(),
                            bill.cost().nanos(),
                            call.heldNanos()));
        }
        return true;
    }

    private static EndedCall counted(OpenCall call, CallOutcome outcome) {
        CallOutcome.Bill bill = outcome.bill();
        return new EndedCall(
                call.operation(),
                bill.model(),
                outcome.state().label(),
                outcome.status(),
                bill.tier(),
                call.heldNanos(),
                bill.cost().nanos(),
                bill.inputTokens(),
                bill.cachedTokens(),
                bill.outputTokens());
    }

    /** Ends several calls; returns the number of those that had not ended. */
    public int settleAll(Transaction transaction, List<CallOutcome> endings) throws SQLException {
        endings.forEach(outcome -> transaction.unitOfWork().expectCall(outcome.id().value()));
        int settled = 0;
        for (CallOutcome outcome : endings) {
            settled += settle(transaction, outcome) ? 1 : 0;
        }
        return settled;
    }

    /**
     * Holds and charges a recurring charge at once; does nothing when an account refuses. The
     * request must have an id of this node.
     */
    public Optional<Admission.OverQuota> buy(
            Transaction transaction, HoldRequest order, CallOutcome outcome) throws SQLException {
        UnitOfWork unitOfWork = transaction.unitOfWork();
        List<Account> payers = accounts.payers(unitOfWork, order);
        Optional<Admission.OverQuota> refusal = Accounts.holdOwed(unitOfWork, payers, order);
        if (refusal.isEmpty()) {
            add(unitOfWork, order, payers);
            settle(transaction, outcome);
        }
        return refusal;
    }

    /** False when this process has been declared dead: another may have its number by now. */
    public boolean isOfNode(UnitOfWork unitOfWork, HoldRequest order) throws SQLException {
        return unitOfWork.isAlive(nodeOf(order));
    }

    private NodeId nodeOf(HoldRequest order) {
        return new NodeId(order.id().node(), node.get().incarnation());
    }

    private void add(UnitOfWork unitOfWork, HoldRequest order, List<Account> payers) {
        OpenCall call =
                new OpenCall(
                        order.id().value(),
                        accounts.booked(order.at()),
                        Payers.of(order.key()),
                        FurtherAccounts.among(payers),
                        order.operation(),
                        order.tokens(),
                        order.amount().nanos(),
                        0,
                        true,
                        false);
        unitOfWork.add(call, order);
    }

    private static CallOutcome release(CallId id, Instant at) {
        CallOutcome.Bill nothing = CallOutcome.Bill.flat(Usd.ZERO, "");
        return new CallOutcome(
                id, CallState.RELEASED, "not admitted: database failed", 0, at, nothing);
    }
}
