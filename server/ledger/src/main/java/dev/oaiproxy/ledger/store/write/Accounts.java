package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.metering.money.Usd;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The accounts of a call: those of everyone, its group and member, its user and its key. A change
 * is decided on the row as it was read under the lock of all writers, and written only if the row
 * is still the same; so any number of nodes keep the limits.
 */
public final class Accounts {
    public static final long EVERYONE = 1;

    private static final String OF_SCOPES =
            "SELECT " + AccountRow.COLUMNS + " FROM accounts WHERE scope_id IN (?, ?, ?, ?, ?)";

    private final ZoneId zone;

    /**
     * The start of the newest day or period on the ledger. Nothing is booked before it, even when
     * the clock steps back, so that no account begins a period twice.
     */
    private long floorMillis;

    private long dayEndMillis;

    /**
     * @param newestMillis the newest moment on the ledger, of a call or of a period
     */
    public Accounts(ZoneId zone, long newestMillis) {
        this.zone = zone;
        begin(newestMillis);
    }

    /** The newest moment on the ledger, of a call or of a period. */
    public static long newestMillis(Tx tx, Rollups rollups) throws SQLException {
        long period = tx.number("SELECT MAX(period_start_ms) FROM accounts");
        long deleted = rollups.startOfDay(rollups.horizon(tx));
        long booked = tx.number("SELECT MAX(booked_ms) FROM calls");
        return Math.max(period, Math.max(deleted, booked));
    }

    /** The booking time of a call that is admitted at a moment. */
    long booked(Instant at) {
        long booked = Math.max(at.toEpochMilli(), floorMillis);
        if (booked >= dayEndMillis) {
            begin(booked);
        }
        return booked;
    }

    /** Begins the day of a moment. */
    private void begin(long millis) {
        QuotaPeriod.Interval day = QuotaPeriod.DAY.at(Instant.ofEpochMilli(millis), zone);
        floorMillis = Math.max(floorMillis, day.startMillis());
        dayEndMillis = day.endMillis();
    }

    /**
     * The accounts that a new call pays into, in the periods of its time: the first one of each
     * scope, and each further one that is about its model.
     */
    List<Account> payers(UnitOfWork unitOfWork, HoldRequest order) throws SQLException {
        List<Account> all = unitOfWork.accounts(Payers.of(order.key()));
        return current(matching(all, order.model()), order.at());
    }

    private static List<Account> matching(List<Account> all, String model) {
        List<Account> matching = new ArrayList<>(all.size());
        for (Account row : all) {
            if (!row.isFurther() || (row.active() && row.models().match(model))) {
                matching.add(row);
            }
        }
        return matching;
    }

    /** The accounts that a call under way was admitted with, unless their quota was removed. */
    private static List<Account> limiting(UnitOfWork unitOfWork, OpenCall call)
            throws SQLException {
        return paying(unitOfWork, call).stream()
                .filter(row -> !row.isFurther() || row.active())
                .toList();
    }

    /** The accounts that a call under way holds an amount on. */
    private static List<Account> paying(UnitOfWork unitOfWork, OpenCall call) throws SQLException {
        List<Account> paying = new ArrayList<>();
        for (Account row : unitOfWork.accounts(call.payers())) {
            if (!row.isFurther() || call.quotas().has(row.id())) {
                paying.add(row);
            }
        }
        return paying;
    }

    /**
     * Puts a hold on all accounts of a call. When one of them refuses, or has less free than the
     * room, nothing is held.
     */
    static Admission hold(UnitOfWork unitOfWork, List<Account> rows, HoldRequest order, Usd room) {
        long nanos = Math.max(room.nanos(), order.amount().nanos());
        Admission.Refused refusal =
                first(rows, row -> row.refusal(nanos, order.tokens(), order.at()));
        if (refusal != null) {
            return refusal instanceof Admission.OverQuota ? tightest(rows) : refusal;
        }
        rows.forEach(
                row ->
                        unitOfWork.change(
                                row.hold(order.amount().nanos(), order.tokens(), order.at())));
        return new Admission.Granted(remaining(rows, order.amount().nanos()));
    }

    private static Admission.@Nullable Refused first(
            List<Account> rows, Function<Account, Optional<Admission.Refused>> refusal) {
        for (Account row : rows) {
            Optional<Admission.Refused> refused = refusal.apply(row);
            if (refused.isPresent()) {
                return refused.get();
            }
        }
        return null;
    }

    /** Raises the hold of a call. When one of its accounts refuses, nothing has changed. */
    Admission raise(UnitOfWork unitOfWork, OpenCall call, long nanos, Instant at)
            throws SQLException {
        List<Account> rows = current(limiting(unitOfWork, call), at);
        Admission.Refused refusal = first(rows, row -> row.refusal(nanos, at));
        if (refusal != null) {
            return refusal instanceof Admission.OverQuota
                    ? tightest(rows.stream().map(row -> row.resize(-call.heldNanos())).toList())
                    : refusal;
        }
        rows.forEach(unitOfWork::change);
        change(unitOfWork, call, row -> row.resize(nanos));
        return new Admission.Granted(remaining(rows, nanos));
    }

    /** Lowers the hold of a call. */
    static Admission lower(UnitOfWork unitOfWork, OpenCall call, long nanos) throws SQLException {
        change(unitOfWork, call, row -> row.resize(-nanos));
        return new Admission.Granted(remaining(limiting(unitOfWork, call), 0));
    }

    /** The refusal by the account with the least free. */
    private static Admission tightest(List<Account> rows) {
        return rows.stream()
                .min(Comparator.comparingLong(Account::freeNanos))
                .orElseThrow()
                .overQuota();
    }

    /**
     * The reason against even the smallest hold, or empty. A spent quota comes before a rate, which
     * is free again soon, and a rate before the holds of other calls.
     */
    Optional<Admission.Denied> objection(Tx tx, Key key, Instant at) throws SQLException {
        List<Account> rows =
                tx.list(OF_SCOPES, AccountRow::read, scopes(key)).stream()
                        .filter(row -> !row.isFurther() || bindsAll(row))
                        .map(row -> row.at(at, zone))
                        .toList();
        return Stream.<Function<Account, Optional<? extends Admission.Refused>>>of(
                        row -> row.closed(at),
                        Account::overSpent,
                        row -> row.overRate(at, 1),
                        Account::overHeld)
                .flatMap(question -> rows.stream().map(question))
                .flatMap(Optional::stream)
                .<Admission.Denied>map(refused -> refused)
                .findFirst();
    }

    /** The numbers of all who pay, one of them repeatedly where the key has no group. */
    private static Object[] scopes(Key key) {
        List<Long> scopes = Payers.of(key).scopes();
        Object[] five = new Object[5];
        for (int i = 0; i < five.length; i++) {
            five[i] = scopes.get(Math.min(i, scopes.size() - 1));
        }
        return five;
    }

    /** True for a further account that is about every call, whatever its model. */
    private static boolean bindsAll(Account row) {
        return row.active() && row.models().globs().isEmpty();
    }

    /**
     * Holds an amount that OpenAI has billed or will bill, even when the key can no longer call.
     */
    static Optional<Admission.OverQuota> holdOwed(
            UnitOfWork unitOfWork, List<Account> rows, HoldRequest order) {
        long amount = order.amount().nanos();
        for (Account row : rows) {
            if (amount > row.freeNanos()) {
                return Optional.of(row.overQuota());
            }
        }
        rows.forEach(row -> unitOfWork.change(row.holdOwed(amount)));
        return Optional.empty();
    }

    /** The accounts in the periods of a time. */
    private List<Account> current(List<Account> rows, Instant at) {
        // Periods follow the booking time, since another node may be in the next day already. Rates
        // and expiries follow the clock.
        rows.forEach(
                row -> floorMillis = Math.max(floorMillis, row.balance().period().startMillis()));
        Instant now = Instant.ofEpochMilli(booked(at));
        return rows.stream().map(row -> row.at(now, zone)).toList();
    }

    /** The least that is free on any account after a hold; null when none has a limit. */
    private static @Nullable Usd remaining(List<Account> rows, long heldNanos) {
        long least = Long.MAX_VALUE;
        for (Account row : rows) {
            least = Math.min(least, row.freeNanos());
        }
        return least > Account.NO_LIMIT / 2 ? null : Usd.ofNanos(least - heldNanos);
    }

    /** Ends a call in flight whose hold stays until it is settled. */
    public static void land(UnitOfWork unitOfWork, OpenCall call) throws SQLException {
        change(unitOfWork, call, row -> row.land());
    }

    /** Gives a hold back and books the cost of its call. */
    static void settle(UnitOfWork unitOfWork, OpenCall call, CallOutcome outcome)
            throws SQLException {
        CallOutcome.Bill bill = outcome.bill();
        long tokens = bill.inputTokens() + bill.outputTokens() - call.tokens();
        change(
                unitOfWork,
                call,
                row ->
                        withoutHold(row, call)
                                .charge(call.bookedMillis(), bill.cost().nanos())
                                .correctTokens(call.madeAt(), tokens));
    }

    /** A deferred call has landed, and only gives back what it holds. */
    private static Account withoutHold(Account account, OpenCall call) {
        return call.isDeferred()
                ? account.resize(-call.heldNanos())
                : account.release(call.heldNanos());
    }

    /** Books a correction under the time of the call that it corrects. */
    public static void adjust(UnitOfWork unitOfWork, OpenCall call, Usd amount)
            throws SQLException {
        change(unitOfWork, call, row -> row.charge(call.bookedMillis(), amount.nanos()));
    }

    private static void change(UnitOfWork unitOfWork, OpenCall call, UnaryOperator<Account> change)
            throws SQLException {
        for (Account row : paying(unitOfWork, call)) {
            unitOfWork.change(change.apply(row));
        }
    }

    public ZoneId zone() {
        return zone;
    }
}
