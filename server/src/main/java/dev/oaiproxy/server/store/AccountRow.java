package dev.oaiproxy.server.store;

import dev.oaiproxy.server.ledger.Admission;
import dev.oaiproxy.server.ledger.HoldOrder;
import dev.oaiproxy.server.ledger.Period;
import dev.oaiproxy.server.money.Usd;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    private static final String SELECT_OF_CALL =
            "SELECT " + COLUMNS + " FROM accounts WHERE id IN (?, ?, ?)";
    private static final long MILLIS_PER_MINUTE = Duration.ofMinutes(1).toMillis();

    static AccountRow load(Tx tx, long id) throws SQLException {
        return tx.first(SELECT, AccountRow::read, id)
                .orElseThrow(() -> new IllegalStateException("no account " + id));
    }

    /** Those of a call, the broadest one first. */
    static List<AccountRow> load(Tx tx, long everyone, long user, long key) throws SQLException {
        List<AccountRow> rows = tx.list(SELECT_OF_CALL, AccountRow::read, everyone, user, key);
        rows.sort(Comparator.comparingInt(row -> row.id() == key ? 2 : row.id() == user ? 1 : 0));
        return rows;
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

    /** The same at a moment that may lie behind the end of its period. */
    AccountRow at(Instant now, ZoneId zone) {
        if (periodEndMillis > now.toEpochMilli()) {
            return this;
        }
        Period.Span span = period.at(now, zone);
        return new AccountRow(
                id,
                scope,
                active,
                expiresMillis,
                period,
                span.startMillis(),
                span.endMillis(),
                limitNanos,
                0,
                heldNanos,
                rpm,
                tpm,
                parallel,
                minute,
                minuteCalls,
                minuteTokens,
                inFlight);
    }

    /** Whether the guard of a hold refuses it: its conditions again, one by one, in words. */
    Optional<Admission.Refused> refusal(HoldOrder order) {
        long now = order.at().toEpochMilli();
        if (!active) {
            return Optional.of(new Admission.Inactive(scope));
        }
        if (expiresMillis <= now) {
            return Optional.of(new Admission.Expired(scope));
        }
        return order.amount().nanos() > freeNanos()
                ? Optional.of(overQuota())
                : Optional.ofNullable(overRate(now, order.tokens()));
    }

    /** What is neither spent nor held of the quota. */
    long freeNanos() {
        return limitNanos - spentNanos - heldNanos;
    }

    /** What there is of the quota. */
    Admission.OverQuota overQuota() {
        return new Admission.OverQuota(
                scope, Usd.ofNanos(limitNanos), Usd.ofNanos(spentNanos), Usd.ofNanos(heldNanos));
    }

    private Admission.@Nullable OverRate overRate(long now, long tokens) {
        if (inFlight >= parallel) {
            return new Admission.OverRate(
                    scope, "parallel requests", parallel, Duration.ofSeconds(1));
        }
        boolean sameMinute = minute(now) == minute;
        Duration nextMinute = Duration.ofMillis(MILLIS_PER_MINUTE - now % MILLIS_PER_MINUTE);
        if ((sameMinute ? minuteCalls : 0) >= rpm) {
            return new Admission.OverRate(scope, "requests per min (RPM)", rpm, nextMinute);
        }
        return tokens > tpm - (sameMinute ? minuteTokens : 0)
                ? new Admission.OverRate(scope, "tokens per min (TPM)", tpm, nextMinute)
                : null;
    }
}
