package dev.oaiproxy.ledger.account;

import dev.oaiproxy.metering.money.Usd;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A quota of a scope: its limits, and its balance. It allows a hold while {@code spent + held +
 * amount <= limit}, and a call while its rates are not reached. The first account of a scope has
 * the scope's number, its rates, and its state; further ones limit what is spent in other periods
 * or on some models.
 *
 * <p>Immutable: each step returns the account after it. Amounts are nano-dollars, moments are
 * milliseconds since 1970, and {@link #NO_LIMIT} stands for no limit.
 *
 * @param scopeId the number of the scope, which is that of its first account
 * @param scope as {@link Scope} writes it
 * @param active false when the key is revoked, the user disabled, the group or member removed; or,
 *     of a further account, the quota removed
 * @param models the models that it is about
 * @param limitNanos the limit without the raise
 * @param rpm calls admitted in one minute of the clock
 * @param tpm tokens of the calls admitted in one minute of the clock
 * @param parallel calls in flight at once
 */
public record Account(
        long id,
        long scopeId,
        String scope,
        boolean active,
        long expiresMillis,
        QuotaPeriod period,
        ModelGlobs models,
        long limitNanos,
        Raise raise,
        long rpm,
        long tpm,
        long parallel,
        Balance balance) {
    /** More than any account will ever hold, and far enough from the end of a long to add to. */
    public static final long NO_LIMIT = 4_000_000_000_000_000_000L;

    /** The expiry of an account that never expires, and the end of a period that never ends. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final long MILLIS_PER_MINUTE = Duration.ofMinutes(1).toMillis();

    /**
     * The part of an account that calls change.
     *
     * @param spentNanos charged since the period began
     * @param minute the minute of the last admission
     */
    public record Balance(
            QuotaPeriod.Interval period,
            long spentNanos,
            long heldNanos,
            Minute minute,
            long inFlight) {
        private Balance begun(QuotaPeriod.Interval span) {
            return new Balance(span, 0, heldNanos, minute, inFlight);
        }

        private Balance holding(int calls, long nanos) {
            long held = Math.addExact(heldNanos, nanos);
            return new Balance(period, spentNanos, held, minute, inFlight + calls);
        }

        private Balance charged(long bookedMillis, long nanos) {
            long more = period.startMillis() <= bookedMillis ? nanos : 0;
            long spent = Math.addExact(spentNanos, more);
            return new Balance(period, spent, heldNanos, minute, inFlight);
        }

        private Balance counted(Minute more) {
            return new Balance(period, spentNanos, heldNanos, minute.plus(more), inFlight);
        }
    }

    /**
     * The calls and tokens that were admitted in one minute of the clock.
     *
     * @param number the minute, counted from 1970
     */
    public record Minute(long number, long calls, long tokens) {
        private Minute plus(Minute more) {
            return more.number == number
                    ? new Minute(number, calls + more.calls, Math.addExact(tokens, more.tokens))
                    : more;
        }
    }

    /** An amount that is added to the limit for a while. */
    public record Raise(long nanos, long untilMillis) {
        public static final Raise NONE = new Raise(0, 0);

        private Raise at(Instant now) {
            return untilMillis > now.toEpochMilli() ? this : NONE;
        }
    }

    /** The quota's name among those of its scope. */
    public QuotaName name() {
        return new QuotaName(period, models);
    }

    /** True for an account beside the first one of its scope. */
    public boolean isFurther() {
        return id != scopeId;
    }

    /** The minute of the clock that a moment lies in. */
    public static long minute(long millis) {
        return Math.floorDiv(millis, MILLIS_PER_MINUTE);
    }

    /** The account at a moment, which may lie after the end of its period or of its raise. */
    public Account at(Instant now, ZoneId zone) {
        Account current = raise.nanos() == 0 ? this : with(raise.at(now), balance);
        return balance.period().endMillis() > now.toEpochMilli()
                ? current
                : current.with(balance.begun(period.at(now, zone)));
    }

    /** Adds the hold of a new call, which counts toward the rates. */
    public Account hold(long nanos, long tokens, Instant at) {
        return with(
                balance.holding(1, nanos)
                        .counted(new Minute(minute(at.toEpochMilli()), 1, tokens)));
    }

    /** Adds a hold for an amount that is owed already; the rates do not matter. */
    public Account holdOwed(long nanos) {
        return with(balance.holding(1, nanos));
    }

    /** Raises the hold of a call in flight, or lowers it. */
    public Account resize(long nanos) {
        return with(balance.holding(0, nanos));
    }

    /** Gives a hold back, and ends a call in flight. */
    public Account release(long nanos) {
        return with(balance.holding(-1, -nanos));
    }

    /** Ends a call in flight whose hold stays until OpenAI reports its cost. */
    public Account land() {
        return release(0);
    }

    /** Charges a cost, unless it was booked before the period began. */
    public Account charge(long bookedMillis, long nanos) {
        return with(balance.charged(bookedMillis, nanos));
    }

    /** Corrects the tokens that a call was admitted with, while its minute is still counted. */
    public Account correctTokens(long admittedMillis, long tokens) {
        long minute = minute(admittedMillis);
        return minute == balance.minute().number()
                ? with(balance.counted(new Minute(minute, 0, tokens)))
                : this;
    }

    private Account with(Balance changed) {
        return with(raise, changed);
    }

    private Account with(Raise other, Balance changed) {
        return new Account(
                id,
                scopeId,
                scope,
                active,
                expiresMillis,
                period,
                models,
                limitNanos,
                other,
                rpm,
                tpm,
                parallel,
                changed);
    }

    /** The limit with the raise. */
    private long raisedNanos() {
        return limitNanos + raise.nanos();
    }

    /** The reason against a new call with a hold, or empty when the account allows it. */
    public Optional<Admission.Refused> refusal(long nanos, long tokens, Instant at) {
        Optional<Admission.Refused> refusal = refusal(nanos, at);
        return refusal.isPresent() ? refusal : overRate(at, tokens);
    }

    /** The reason against holding more for a call in flight, or empty. */
    public Optional<Admission.Refused> refusal(long nanos, Instant now) {
        Optional<Admission.Refused> closed = closed(now);
        return closed.isEmpty() && nanos > freeNanos() ? Optional.of(overQuota()) : closed;
    }

    /** Refuses everybody when the account is switched off, or has expired. */
    public Optional<Admission.Refused> closed(Instant now) {
        if (!active) {
            return Optional.of(new Admission.Inactive(scope));
        }
        return expiresMillis <= now.toEpochMilli()
                ? Optional.of(new Admission.Expired(scope))
                : Optional.empty();
    }

    /** Refuses when the whole quota is spent. */
    public Optional<Admission.Refused> overSpent() {
        return balance.spentNanos() >= raisedNanos() ? Optional.of(overQuota()) : Optional.empty();
    }

    /** Refuses when the whole quota is spent or held. */
    public Optional<Admission.Refused> overHeld() {
        return freeNanos() <= 0 ? Optional.of(overQuota()) : Optional.empty();
    }

    /** The part of the quota that is neither spent nor held. */
    public long freeNanos() {
        return raisedNanos() - balance.spentNanos() - balance.heldNanos();
    }

    /** A refusal that shows the quota and its balance. */
    public Admission.OverQuota overQuota() {
        return new Admission.OverQuota(
                scope,
                name(),
                Usd.ofNanos(raisedNanos()),
                Usd.ofNanos(balance.spentNanos()),
                Usd.ofNanos(balance.heldNanos()),
                resetsAt());
    }

    /** Refuses a call of so many tokens that is over a rate. */
    public Optional<Admission.Refused> overRate(Instant at, long tokens) {
        if (balance.inFlight() >= parallel) {
            return overRate("parallel requests", parallel, Duration.ofSeconds(1));
        }
        long now = at.toEpochMilli();
        Minute seen =
                minute(now) == balance.minute().number() ? balance.minute() : new Minute(0, 0, 0);
        Duration nextMinute = Duration.ofMillis(MILLIS_PER_MINUTE - now % MILLIS_PER_MINUTE);
        if (seen.calls() >= rpm) {
            return overRate("requests per min (RPM)", rpm, nextMinute);
        }
        return tokens > tpm - seen.tokens()
                ? overRate("tokens per min (TPM)", tpm, nextMinute)
                : Optional.empty();
    }

    private Optional<Admission.Refused> overRate(String what, long limit, Duration retryAfter) {
        return Optional.of(new Admission.OverRate(scope, what, limit, retryAfter));
    }

    /** The limits, as operators set and see them. */
    public AccountLimits limits() {
        return new AccountLimits(
                limitNanos == NO_LIMIT ? null : Usd.ofNanos(limitNanos),
                period,
                limit(rpm),
                limit(tpm),
                limit(parallel));
    }

    /** The account as operators see it. */
    public AccountBalance summary() {
        return new AccountBalance(
                scope,
                limits(),
                models.globs(),
                raise.nanos() == 0
                        ? null
                        : new AccountBalance.TemporaryRaise(
                                Usd.ofNanos(raise.nanos()),
                                Instant.ofEpochMilli(raise.untilMillis())),
                Usd.ofNanos(balance.spentNanos()),
                Usd.ofNanos(balance.heldNanos()),
                resetsAt(),
                active);
    }

    private @Nullable Instant resetsAt() {
        long end = balance.period().endMillis();
        return end == NEVER ? null : Instant.ofEpochMilli(end);
    }

    private static @Nullable Long limit(long stored) {
        return stored == NO_LIMIT ? null : stored;
    }
}
