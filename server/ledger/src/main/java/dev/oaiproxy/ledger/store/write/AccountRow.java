package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.metering.money.Usd;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A row of accounts: what it allows, and how it stands. */
public record AccountRow(
        long id,
        String scope,
        boolean active,
        long expiresMillis,
        QuotaPeriod quotaPeriod,
        long limitNanos,
        long rpm,
        long tpm,
        long parallel,
        AccountState accountState) {
    public static final String COLUMNS =
            """
            id, scope, active, expires_ms, period, period_start_ms, period_end_ms, limit_nanos,
            spent_nanos, held_nanos, rpm, tpm, parallel, minute, minute_calls, minute_tokens,
            in_flight
            """;

    /** Changes how it stands, if all of it is as it was read. */
    static final String CHANGE =
            """
            UPDATE accounts SET period_start_ms = ?, period_end_ms = ?, spent_nanos = ?,
                held_nanos = ?, minute = ?, minute_calls = ?, minute_tokens = ?, in_flight = ?
            WHERE id = ? AND active = ? AND expires_ms = ? AND period = ? AND limit_nanos = ?
                AND rpm = ? AND tpm = ? AND parallel = ? AND period_start_ms = ?
                AND period_end_ms = ? AND spent_nanos = ? AND held_nanos = ? AND minute = ?
                AND minute_calls = ? AND minute_tokens = ? AND in_flight = ?
            """;

    private static final String SELECT = "SELECT " + COLUMNS + " FROM accounts WHERE id = ?";
    private static final long MILLIS_PER_MINUTE = Duration.ofMinutes(1).toMillis();

    /**
     * What calls change of an account.
     *
     * @param spentNanos what was booked since the period began
     * @param minute the minute that its last admission lies in, whose calls and tokens are counted
     */
    public record AccountState(
            long periodStartMillis,
            long periodEndMillis,
            long spentNanos,
            long heldNanos,
            long minute,
            long minuteCalls,
            long minuteTokens,
            long inFlight) {
        private AccountState begun(QuotaPeriod.Span span) {
            return new AccountState(
                    span.startMillis(),
                    span.endMillis(),
                    0,
                    heldNanos,
                    minute,
                    minuteCalls,
                    minuteTokens,
                    inFlight);
        }

        /** With calls more in flight, or fewer, that hold so much. */
        private AccountState with(int calls, long nanos) {
            return new AccountState(
                    periodStartMillis,
                    periodEndMillis,
                    spentNanos,
                    Math.addExact(heldNanos, nanos),
                    minute,
                    minuteCalls,
                    minuteTokens,
                    inFlight + calls);
        }

        /** With a cost, unless it was booked before the period began. */
        private AccountState charged(long bookedMillis, long nanos) {
            long more = periodStartMillis <= bookedMillis ? nanos : 0;
            return new AccountState(
                    periodStartMillis,
                    periodEndMillis,
                    Math.addExact(spentNanos, more),
                    heldNanos,
                    minute,
                    minuteCalls,
                    minuteTokens,
                    inFlight);
        }

        private AccountState counted(long at, long calls, long tokens) {
            boolean same = at == minute;
            return new AccountState(
                    periodStartMillis,
                    periodEndMillis,
                    spentNanos,
                    heldNanos,
                    at,
                    same ? minuteCalls + calls : calls,
                    same ? Math.addExact(minuteTokens, tokens) : tokens,
                    inFlight);
        }

        private Object[] values() {
            return new Object[] {
                periodStartMillis,
                periodEndMillis,
                spentNanos,
                heldNanos,
                minute,
                minuteCalls,
                minuteTokens,
                inFlight
            };
        }
    }

    static AccountRow load(Tx tx, long id) throws SQLException {
        return tx.first(SELECT, AccountRow::read, id)
                .orElseThrow(() -> new IllegalStateException("no account " + id));
    }

    public static AccountRow read(ResultSet row) throws SQLException {
        return new AccountRow(
                row.getLong("id"),
                row.getString("scope"),
                row.getInt("active") == 1,
                row.getLong("expires_ms"),
                QuotaPeriod.coded(row.getInt("period")),
                row.getLong("limit_nanos"),
                row.getLong("rpm"),
                row.getLong("tpm"),
                row.getLong("parallel"),
                new AccountState(
                        row.getLong("period_start_ms"),
                        row.getLong("period_end_ms"),
                        row.getLong("spent_nanos"),
                        row.getLong("held_nanos"),
                        row.getLong("minute"),
                        row.getLong("minute_calls"),
                        row.getLong("minute_tokens"),
                        row.getLong("in_flight")));
    }

    /** The minute of the clock that a moment lies in. */
    public static long minute(long millis) {
        return Math.floorDiv(millis, MILLIS_PER_MINUTE);
    }

    public long periodStartMillis() {
        return accountState.periodStartMillis;
    }

    public long periodEndMillis() {
        return accountState.periodEndMillis;
    }

    public long spentNanos() {
        return accountState.spentNanos;
    }

    public long heldNanos() {
        return accountState.heldNanos;
    }

    public long inFlight() {
        return accountState.inFlight;
    }

    /** The same at a moment that may lie behind the end of its period. */
    public AccountRow at(Instant now, ZoneId zone) {
        return periodEndMillis() > now.toEpochMilli()
                ? this
                : with(accountState.begun(quotaPeriod.at(now, zone)));
    }

    /** With a hold, which counts toward the rates. */
    AccountRow held(HoldRequest order) {
        long minute = minute(order.at().toEpochMilli());
        return with(
                accountState.with(1, order.amount().nanos()).counted(minute, 1, order.tokens()));
    }

    /** With a hold for what is owed already, whatever the rates are. */
    AccountRow heldOwed(long nanos) {
        return with(accountState.with(1, nanos));
    }

    /** With a call in flight that holds so much more, or less. */
    AccountRow resized(long nanos) {
        return with(accountState.with(0, nanos));
    }

    /** Without a call, and what it held. */
    AccountRow released(int calls, long nanos) {
        return with(accountState.with(-calls, -nanos));
    }

    /** With a cost that belongs to the period of when it was booked. */
    AccountRow charged(long bookedMillis, long nanos) {
        return with(accountState.charged(bookedMillis, nanos));
    }

    /** With tokens that a call has used beyond those that it was admitted with, or below. */
    AccountRow corrected(long madeAt, long tokens) {
        long minute = minute(madeAt);
        return minute == accountState.minute ? with(accountState.counted(minute, 0, tokens)) : this;
    }

    private AccountRow with(AccountState now) {
        return new AccountRow(
                id, scope, active, expiresMillis, quotaPeriod, limitNanos, rpm, tpm, parallel, now);
    }

    /** The arguments of {@link #CHANGE}, this being what was read. */
    Object[] changeTo(AccountRow after) {
        Object[] terms = {
            id, active ? 1 : 0, expiresMillis, quotaPeriod.code(), limitNanos, rpm, tpm, parallel
        };
        return Stream.of(after.accountState.values(), terms, accountState.values())
                .flatMap(Arrays::stream)
                .toArray();
    }

    /** Why it does not allow a hold for which there has to be so much room, if it does not. */
    Optional<Admission.Refused> refusal(HoldRequest order, Usd room) {
        return refusal(Math.max(room.nanos(), order.amount().nanos()), order.at())
                .or(() -> overRate(order.at(), order.tokens()));
    }

    /** Why it does not allow so much more to be held, at whatever rate, if it does not. */
    Optional<Admission.Refused> refusal(long nanos, Instant now) {
        return closed(now)
                .or(() -> nanos > freeNanos() ? Optional.of(overQuota()) : Optional.empty());
    }

    /** Why nobody may call on it, if so. */
    Optional<Admission.Refused> closed(Instant now) {
        if (!active) {
            return Optional.of(new Admission.Inactive(scope));
        }
        return expiresMillis <= now.toEpochMilli()
                ? Optional.of(new Admission.Expired(scope))
                : Optional.empty();
    }

    /** That all of the quota is spent, if so. */
    Optional<Admission.Refused> overSpent() {
        return spentNanos() >= limitNanos ? Optional.of(overQuota()) : Optional.empty();
    }

    /** That all of the quota is spent or held, if so. */
    Optional<Admission.Refused> overHeld() {
        return freeNanos() <= 0 ? Optional.of(overQuota()) : Optional.empty();
    }

    /** What is neither spent nor held of the quota. */
    long freeNanos() {
        return limitNanos - spentNanos() - heldNanos();
    }

    /** What there is of the quota. */
    Admission.OverQuota overQuota() {
        return new Admission.OverQuota(
                scope,
                Usd.ofNanos(limitNanos),
                Usd.ofNanos(spentNanos()),
                Usd.ofNanos(heldNanos()),
                periodEndMillis() == Long.MAX_VALUE
                        ? null
                        : Instant.ofEpochMilli(periodEndMillis()));
    }

    /** That a call of so many tokens is over a rate, if so. */
    Optional<Admission.Refused> overRate(Instant at, long tokens) {
        return Optional.ofNullable(overRate(at.toEpochMilli(), tokens));
    }

    private Admission.@Nullable OverRate overRate(long now, long tokens) {
        if (inFlight() >= parallel) {
            return new Admission.OverRate(
                    scope, "parallel requests", parallel, Duration.ofSeconds(1));
        }
        boolean sameMinute = minute(now) == accountState.minute;
        Duration nextMinute = Duration.ofMillis(MILLIS_PER_MINUTE - now % MILLIS_PER_MINUTE);
        if ((sameMinute ? accountState.minuteCalls : 0) >= rpm) {
            return new Admission.OverRate(scope, "requests per min (RPM)", rpm, nextMinute);
        }
        return tokens > tpm - (sameMinute ? accountState.minuteTokens : 0)
                ? new Admission.OverRate(scope, "tokens per min (TPM)", tpm, nextMinute)
                : null;
    }
}
