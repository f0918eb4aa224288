package dev.oaiproxy.server.store;

import dev.oaiproxy.server.ledger.Admission;
import dev.oaiproxy.server.ledger.HoldOrder;
import dev.oaiproxy.server.ledger.Period;
import dev.oaiproxy.server.money.Usd;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/** A row of accounts, as read; only ever to explain or to show, never to be written back. */
record AccountRow(
        long id,
        String scope,
        boolean active,
        long expiresMillis,
        Period period,
        long periodStartMillis,
        long periodEndMillis,
        long limitNanos,
        long spentNanos,
        long heldNanos,
        long rpm,
        long tpm,
        long parallel,
        long minute,
        long minuteCalls,
        long minuteTokens,
        long inFlight) {
    static final String COLUMNS =
            """
            id, scope, active, expires_ms, period, period_start_ms, period_end_ms, limit_nanos,
            spent_nanos, held_nanos, rpm, tpm, parallel, minute, minute_calls, minute_tokens,
            in_flight
            """;

    private static final String SELECT = "SELECT " + COLUMNS + " FROM accounts WHERE id = ?";
    private static final long MILLIS_PER_MINUTE = Duration.ofMinutes(1).toMillis();

    static AccountRow load(Tx tx, long id) throws SQLException {
        return tx.first(SELECT, AccountRow::read, id)
                .orElseThrow(() -> new IllegalStateException("no account " + id));
    }

    static AccountRow read(ResultSet row) throws SQLException {
        return new AccountRow(
                row.getLong("id"),
                row.getString("scope"),
                row.getInt("active") == 1,
                row.getLong("expires_ms"),
                Period.coded(row.getInt("period")),
                row.getLong("period_start_ms"),
                row.getLong("period_end_ms"),
                row.getLong("limit_nanos"),
                row.getLong("spent_nanos"),
                row.getLong("held_nanos"),
                row.getLong("rpm"),
                row.getLong("tpm"),
                row.getLong("parallel"),
                row.getLong("minute"),
                row.getLong("minute_calls"),
                row.getLong("minute_tokens"),
                row.getLong("in_flight"));
    }

    /** The minute of the clock that a moment lies in. */
    static long minute(long millis) {
        return Math.floorDiv(millis, MILLIS_PER_MINUTE);
    }

    /** Why the guard of a hold refused it: its conditions again, one by one, in words. */
    Admission.Refused refusal(HoldOrder order) {
        long now = order.at().toEpochMilli();
        if (!active) {
            return new Admission.Inactive(scope);
        }
        if (expiresMillis <= now) {
            return new Admission.Expired(scope);
        }
        // In this order, for the sum of spent, held and amount may be more than a long holds.
        if (order.amount().nanos() > limitNanos - spentNanos - heldNanos) {
            return overQuota();
        }
        return overRate(now);
    }

    /** What there is of the quota. */
    Admission.OverQuota overQuota() {
        return new Admission.OverQuota(
                scope, Usd.ofNanos(limitNanos), Usd.ofNanos(spentNanos), Usd.ofNanos(heldNanos));
    }

    private Admission.Refused overRate(long now) {
        Duration nextMinute = Duration.ofMillis(MILLIS_PER_MINUTE - now % MILLIS_PER_MINUTE);
        if (inFlight >= parallel) {
            return new Admission.OverRate(
                    scope, "parallel requests", parallel, Duration.ofSeconds(1));
        }
        if ((minute(now) == minute && minuteCalls >= rpm) || rpm == 0) {
            return new Admission.OverRate(scope, "requests per min (RPM)", rpm, nextMinute);
        }
        return new Admission.OverRate(scope, "tokens per min (TPM)", tpm, nextMinute);
    }
}
