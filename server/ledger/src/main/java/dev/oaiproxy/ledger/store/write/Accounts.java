package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.account.AccountLimits;
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
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The accounts of a call: everyone's, the user's and the key's. A change is decided on the row as
 * it was read under the lock of all writers, and written only if the row is still the same; so any
 * number of nodes keep the limits.
 */
public final class Accounts {
    public static final long EVERYONE = 1;

    private static final String OPEN =
            """
            INSERT INTO accounts (id, scope, active, expires_ms, period, period_start_ms,
                period_end_ms, limit_nanos, spent_nanos, held_nanos, rpm, tpm, parallel, minute,
                minute_calls, minute_tokens, in_flight)
            VALUES (?, ?, 1, ?, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            """;

    private static final String CHANGE =
            """
            UPDATE accounts SET period = ?, period_start_ms = ?, period_end_ms = ?,
                limit_nanos = ?, rpm = ?, tpm = ?, parallel = ?, spent_nanos =
                (SELECT COALESCE(SUM(d.cost_nanos), 0) FROM usage_by_day d
                    WHERE d.day >= ? AND OWNER = ?)
            WHERE id = ?
            """;

    private static final String THREE =
            "SELECT " + AccountRow.COLUMNS + " FROM accounts WHERE id IN (?, ?, ?)";

    private static final String LIMIT =
            "UPDATE accounts SET limit_nanos = ?, rpm = ?, tpm = ?, parallel = ? WHERE id = ?";

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
     * Puts a hold on all three accounts. When one of them refuses, or has less free than the room,
     * nothing is held.
     */
    Admission hold(UnitOfWork unitOfWork, HoldRequest order, Usd room) throws SQLException {
        List<Account> rows = current(unitOfWork, order);
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
        List<Account> rows = current(unitOfWork.accounts(call.userId(), call.keyId()), at);
        Admission.Refused refusal = first(rows, row -> row.refusal(nanos, at));
        if (refusal != null) {
            return refusal instanceof Admission.OverQuota
                    ? tightest(rows.stream().map(row -> row.resize(-call.heldNanos())).toList())
                    : refusal;
        }
        rows.forEach(row -> unitOfWork.change(row.resize(nanos)));
        return new Admission.Granted(remaining(rows, nanos));
    }

    /** Lowers the hold of a call. */
    Admission lower(UnitOfWork unitOfWork, OpenCall call, long nanos) throws SQLException {
        change(unitOfWork, call, row -> row.resize(-nanos));
        return new Admission.Granted(
                remaining(unitOfWork.accounts(call.userId(), call.keyId()), 0));
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
                tx.list(THREE, AccountRow::read, EVERYONE, key.userNumber(), key.number()).stream()
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

    /**
     * Holds an amount that OpenAI has billed or will bill, even when the key can no longer call.
     */
    Optional<Admission.OverQuota> holdOwed(UnitOfWork unitOfWork, HoldRequest order)
            throws SQLException {
        long amount = order.amount().nanos();
        List<Account> rows = current(unitOfWork, order);
        for (Account row : rows) {
            if (amount > row.freeNanos()) {
                return Optional.of(row.overQuota());
            }
        }
        rows.forEach(row -> unitOfWork.change(row.holdOwed(amount)));
        return Optional.empty();
    }

    /** The accounts in the periods of the request's time. */
    private List<Account> current(UnitOfWork unitOfWork, HoldRequest order) throws SQLException {
        return current(
                unitOfWork.accounts(order.key().userNumber(), order.key().number()), order.at());
    }

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
        for (Account row : unitOfWork.accounts(call.userId(), call.keyId())) {
            unitOfWork.change(change.apply(row));
        }
    }

    /** Opens an account that allows nothing yet. */
    public static void open(Tx tx, long id, String scope) throws SQLException {
        tx.update(OPEN, id, scope, Account.NEVER, Long.MAX_VALUE);
    }

    /**
     * Changes what an account allows. With another kind of period, what has been spent is counted
     * anew from the days of the new one.
     */
    public void change(Tx tx, long id, AccountLimits limits, Instant now) throws SQLException {
        Object[] allowed = {
            limits.spend() == null ? Account.NO_LIMIT : limits.spend().nanos(),
            orNone(limits.requestsPerMinute()),
            orNone(limits.tokensPerMinute()),
            orNone(limits.parallel())
        };
        Account row = AccountRow.load(tx, id);
        if (row.period() == limits.period()) {
            tx.update(LIMIT, allowed[0], allowed[1], allowed[2], allowed[3], id);
            return;
        }
        // The period of the booking time, not of the clock: if the clock was set back, the first
        // call would be booked after a period of the clock, and end it.
        QuotaPeriod.Interval span = limits.period().at(Instant.ofEpochMilli(booked(now)), zone);
        tx.update(
                CHANGE.replace("OWNER", owner(row.scope())),
                limits.period().code(),
                span.startMillis(),
                span.endMillis(),
                allowed[0],
                allowed[1],
                allowed[2],
                allowed[3],
                Instant.ofEpochMilli(span.startMillis()).atZone(zone).toLocalDate().toEpochDay(),
                id,
                id);
    }

    /** The column of usage_by_day that names this kind of account. */
    private static String owner(String scope) {
        return scope.startsWith("key:")
                ? "d.key_id"
                : scope.startsWith("user:") ? "d.user_id" : String.valueOf(EVERYONE);
    }

    private static long orNone(@Nullable Long limit) {
        return limit == null ? Account.NO_LIMIT : limit;
    }

    public ZoneId zone() {
        return zone;
    }
}
