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
            WHERE id = ? AND active = 1 AND expires_ms > ?
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
            WHERE id = ? AND period_start_ms <= ? AND period_end_ms > ?
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

    private static final String ROLL =
            """
            UPDATE accounts SET spent_nanos = 0, period_start_ms = ?, period_end_ms = ?
            WHERE id = ? AND period_end_ms <= ?
            """;

    private static final String REMAINING =
            """
            SELECT MIN(limit_nanos - spent_nanos - held_nanos) FROM accounts
            WHERE id IN (?, ?, ?)
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

    /** Goes along when another node has begun a day that has not begun here; false if none has. */
    private boolean see(AccountRow row) {
        boolean isAhead = row.periodStartMillis() > newestDay.endMillis() - 1;
        booked(Instant.ofEpochMilli(row.periodStartMillis()));
        return isAhead;
    }

    /** Puts a hold on one account; gives the refusal when it does not allow it. */
    Optional<Admission> hold(Tx tx, long account, HoldOrder order) throws SQLException {
        if (tryHold(tx, account, order)) {
            return Optional.empty();
        }
        AccountRow row = AccountRow.load(tx, account);
        boolean isAhead = see(row);
        if ((roll(tx, row, booked(order.at())) || isAhead) && tryHold(tx, account, order)) {
            return Optional.empty();
        }
        return Optional.of(AccountRow.load(tx, account).refusal(order));
    }

    /** Puts a hold on one account for what OpenAI has billed, or will, whoever may still call. */
    Optional<Admission.OverQuota> holdOwed(Tx tx, long account, HoldOrder order)
            throws SQLException {
        AccountRow row = AccountRow.load(tx, account);
        boolean _ = see(row);
        long now = booked(order.at());
        roll(tx, row, now);
        long amount = order.amount().nanos();
        return tx.update(HOLD_OWED, amount, account, now, now, amount) > 0
                ? Optional.empty()
                : Optional.of(AccountRow.load(tx, account).overQuota());
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

    /** The least that is free on some accounts; null when none of them has a limit. */
    @Nullable Usd remaining(Tx tx, List<Long> ids) throws SQLException {
        long least = tx.number(REMAINING, ids.toArray());
        return least > NO_LIMIT / 2 ? null : Usd.ofNanos(least);
    }

    /** Begins the account's next period when the last one has ended; false when it has not. */
    boolean roll(Tx tx, AccountRow row, long now) throws SQLException {
        if (row.periodEndMillis() > now) {
            return false;
        }
        Period.Span span = row.period().at(Instant.ofEpochMilli(now), zone);
        return tx.update(ROLL, span.startMillis(), span.endMillis(), row.id(), now) > 0;
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

    private boolean tryHold(Tx tx, long account, HoldOrder order) throws SQLException {
        // Only periods go by the time of booking: a rate, or an expiry, is the clock's own affair.
        long now = order.at().toEpochMilli();
        long booked = booked(order.at());
        long minute = AccountRow.minute(now);
        long amount = order.amount().nanos();
        long tokens = order.tokens();
        return tx.update(
                        HOLD, amount, minute, minute, tokens, tokens, minute, account, now, booked,
                        booked, amount, minute, minute, minute, tokens, minute, tokens)
                > 0;
    }
}
