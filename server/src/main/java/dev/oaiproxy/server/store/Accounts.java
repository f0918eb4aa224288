package dev.oaiproxy.server.store;

import dev.oaiproxy.server.ledger.Admission;
import dev.oaiproxy.server.ledger.Ending;
import dev.oaiproxy.server.ledger.HoldOrder;
import dev.oaiproxy.server.ledger.Limits;
import dev.oaiproxy.server.ledger.Period;
import dev.oaiproxy.server.money.Usd;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The balances. An account is only ever changed by a statement that checks, in itself, that the
 * change is allowed; so any number of writers, on any number of nodes, keep its promise.
 */
final class Accounts {
    static final long EVERYONE = 1;

    /** Everyone's, the user's and the key's. */
    private static final int PER_CALL = 3;

    /** More than any account will ever hold, and far enough from the end of a long to add to. */
    static final long NO_LIMIT = 4_000_000_000_000_000_000L;

    private static final String HOLD =
            """
            UPDATE accounts SET
                held_nanos = held_nanos + ?,
                in_flight = in_flight + 1,
                minute_calls = CASE WHEN minute = ? THEN minute_calls + 1 ELSE 1 END,
                minute_tokens = CASE WHEN minute = ? THEN minute_tokens + ? ELSE ? END,
                minute = ?
            WHERE id IN (?, ?, ?) AND active = 1 AND expires_ms > ?
                AND period_start_ms <= ? AND period_end_ms > ?
                AND limit_nanos - spent_nanos - held_nanos >= ?
                AND in_flight < parallel
                AND ((minute = ? AND minute_calls < rpm) OR (minute <> ? AND rpm > 0))
                AND ((minute = ? AND tpm - minute_tokens >= ?) OR (minute <> ? AND tpm >= ?))
            """;

    /** What is owed already is refused by the limit alone, not by rates or the end of a key. */
    private static final String HOLD_OWED =
            """
            UPDATE accounts SET held_nanos = held_nanos + ?, in_flight = in_flight + 1
            WHERE id IN (?, ?, ?) AND period_start_ms <= ? AND period_end_ms > ?
                AND limit_nanos - spent_nanos - held_nanos >= ?
            """;

    private static final String SETTLE =
            """
            UPDATE accounts SET
                held_nanos = held_nanos - ?,
                in_flight = in_flight - ?,
                spent_nanos = spent_nanos + CASE WHEN period_start_ms <= ? THEN ? ELSE 0 END,
                minute_tokens = CASE WHEN minute = ? THEN minute_tokens + ? ELSE minute_tokens END
            WHERE id IN (?, ?, ?)
            """;

    /** What OpenAI works on after its answer holds its money, but is no call in flight. */
    private static final String LAND =
            "UPDATE accounts SET in_flight = in_flight - 1 WHERE id IN (?, ?, ?)";

    private static final String ADJUST =
            """
            UPDATE accounts SET
                spent_nanos = spent_nanos + CASE WHEN period_start_ms <= ? THEN ? ELSE 0 END
            WHERE id IN (?, ?, ?)
            """;

    private static final String BEGIN =
            """
            UPDATE accounts SET spent_nanos = 0, period_start_ms = ?, period_end_ms = ?
            WHERE id = ? AND period_end_ms = ?
            """;

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

    private static final String LIMIT =
            "UPDATE accounts SET limit_nanos = ?, rpm = ?, tpm = ?, parallel = ? WHERE id = ?";

    private final ZoneId zone;

    /**
     * The newest day that the ledger has seen. Nothing is booked before it, also when the clock
     * steps back, so that no account begins a period again, or one in which calls are booked
     * already. Every period begins with a day.
     */
    private Period.Span newestDay;

    /**
     * @param newestMillis the newest moment on the ledger, of a call or of a period
     */
    Accounts(ZoneId zone, long newestMillis) {
        this.zone = zone;
        this.newestDay = Period.DAY.at(Instant.ofEpochMilli(newestMillis), zone);
    }

    /** The time that a call admitted at this moment is booked under. */
    long booked(Instant at) {
        long booked = Math.max(at.toEpochMilli(), newestDay.startMillis());
        if (booked >= newestDay.endMillis()) {
            newestDay = Period.DAY.at(Instant.ofEpochMilli(booked), zone);
        }
        return booked;
    }

    /**
     * Puts a hold on the account of everyone, the user's and the key's. When one of them does not
     * allow it, nothing has been held.
     */
    Admission hold(Tx tx, HoldOrder order) throws SQLException {
        List<AccountRow> rows = rows(tx, order);
        List<AccountRow> current = current(rows, order);
        for (AccountRow row : current) {
            Admission.Refused refusal = row.refusal(order).orElse(null);
            if (refusal != null) {
                return refusal;
            }
        }
        begin(tx, rows, current);
        // Only periods go by the time of booking: a rate, or an expiry, is the clock's own affair.
        long now = order.at().toEpochMilli();
        long booked = booked(order.at());
        long minute = AccountRow.minute(now);
        long amount = order.amount().nanos();
        long tokens = order.tokens();
        requireAll(
                tx.update(
                        HOLD,
                        amount,
                        minute,
                        minute,
                        tokens,
                        tokens,
                        minute,
                        EVERYONE,
                        user(order),
                        key(order),
                        now,
                        booked,
                        booked,
                        amount,
                        minute,
                        minute,
                        minute,
                        tokens,
                        minute,
                        tokens));
        return new Admission.Granted(remaining(current, amount));
    }

    /** Puts a hold on them for what OpenAI has billed, or will, whoever may still call. */
    Optional<Admission.OverQuota> holdOwed(Tx tx, HoldOrder order) throws SQLException {
        long amount = order.amount().nanos();
        List<AccountRow> rows = rows(tx, order);
        List<AccountRow> current = current(rows, order);
        for (AccountRow row : current) {
            if (amount > row.freeNanos()) {
                return Optional.of(row.overQuota());
            }
        }
        begin(tx, rows, current);
        long booked = booked(order.at());
        requireAll(
                tx.update(
                        HOLD_OWED,
                        amount,
                        EVERYONE,
                        user(order),
                        key(order),
                        booked,
                        booked,
                        amount));
        return Optional.empty();
    }

    /** The rows as they are in the periods that go on now, whether those have begun or not. */
    private List<AccountRow> current(List<AccountRow> rows, HoldOrder order) {
        // Another node may have begun a day that has not begun here.
        rows.forEach(row -> booked(Instant.ofEpochMilli(row.periodStartMillis())));
        Instant now = Instant.ofEpochMilli(booked(order.at()));
        return rows.stream().map(row -> row.at(now, zone)).toList();
    }

    /** Begins the periods that have not begun. */
    private static void begin(Tx tx, List<AccountRow> rows, List<AccountRow> current)
            throws SQLException {
        for (int i = 0; i < rows.size(); i++) {
            AccountRow before = rows.get(i);
            AccountRow now = current.get(i);
            if (!now.equals(before)) {
                tx.update(
                        BEGIN,
                        now.periodStartMillis(),
                        now.periodEndMillis(),
                        now.id(),
                        before.periodEndMillis());
            }
        }
    }

    private static List<AccountRow> rows(Tx tx, HoldOrder order) throws SQLException {
        List<AccountRow> rows = AccountRow.load(tx, EVERYONE, user(order), key(order));
        if (rows.size() != PER_CALL) {
            throw new IllegalStateException("no accounts of key " + key(order));
        }
        return rows;
    }

    /** What the rows said was read under the lock of all writers, so the guard agrees with it. */
    private static void requireAll(int held) {
        if (held != PER_CALL) {
            throw new StoreException(
                    "the accounts were changed by somebody else than oaiproxy",
                    new IllegalStateException(held + " of " + PER_CALL),
                    true);
        }
    }

    /** The least that is free beside a hold; null when none of the accounts has a limit. */
    private static @Nullable Usd remaining(List<AccountRow> rows, long heldNanos) {
        long least = rows.stream().mapToLong(AccountRow::freeNanos).min().orElseThrow();
        return least > NO_LIMIT / 2 ? null : Usd.ofNanos(least - heldNanos);
    }

    private static long user(HoldOrder order) {
        return order.key().userNumber();
    }

    private static long key(HoldOrder order) {
        return order.key().number();
    }

    /** Counts a call that goes on to be held as in flight no longer. */
    void land(Tx tx, OpenCall call) throws SQLException {
        tx.update(LAND, EVERYONE, call.userId(), call.keyId());
    }

    /**
     * Gives a hold back and books the cost of what it was for.
     *
     * @param landed whether the call was in flight no longer
     */
    void settle(Tx tx, OpenCall call, Ending ending, boolean landed) throws SQLException {
        Ending.Bill bill = ending.bill();
        long tokens = bill.inputTokens() + bill.outputTokens() - call.tokens();
        tx.update(
                SETTLE,
                call.heldNanos(),
                landed ? 0 : 1,
                call.bookedMillis(),
                bill.cost().nanos(),
                AccountRow.minute(call.madeAt()),
                tokens,
                EVERYONE,
                call.userId(),
                call.keyId());
    }

    /** Books a correction under the time of the call that it corrects. */
    void adjust(Tx tx, OpenCall call, Usd amount) throws SQLException {
        tx.update(
                ADJUST, call.bookedMillis(), amount.nanos(), EVERYONE, call.userId(), call.keyId());
    }

    /** Opens an account that allows nothing yet. */
    void open(Tx tx, long id, String scope) throws SQLException {
        tx.update(OPEN, id, scope, Keys.NEVER, Long.MAX_VALUE);
    }

    /**
     * Changes what an account allows. With another kind of period, what has been spent is counted
     * anew from the days of the new one.
     */
    void change(Tx tx, long id, Limits limits, Instant now) throws SQLException {
        Object[] allowed = {
            limits.spend() == null ? NO_LIMIT : limits.spend().nanos(),
            orNone(limits.requestsPerMinute()),
            orNone(limits.tokensPerMinute()),
            orNone(limits.parallel())
        };
        AccountRow row = AccountRow.load(tx, id);
        if (row.period() == limits.period()) {
            tx.update(LIMIT, allowed[0], allowed[1], allowed[2], allowed[3], id);
            return;
        }
        // Not the clock's own moment: where that is back, calls are booked after it, and a period
        // that began with it would end, and be forgotten, with the first of them.
        Period.Span span = limits.period().at(Instant.ofEpochMilli(booked(now)), zone);
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

    /** What usage is charged to this kind of account by. */
    private static String owner(String scope) {
        return scope.startsWith("key:")
                ? "d.key_id"
                : scope.startsWith("user:") ? "d.user_id" : String.valueOf(EVERYONE);
    }

    private static long orNone(@Nullable Long limit) {
        return limit == null ? NO_LIMIT : limit;
    }

    ZoneId zone() {
        return zone;
    }
}
