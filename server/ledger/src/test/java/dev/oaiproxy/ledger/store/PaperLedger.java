package dev.oaiproxy.ledger.store;

import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.ModelGlobs;
import dev.oaiproxy.ledger.account.QuotaName;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.ledger.CallState;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The ledger as it would be kept on paper: calls and limits, and every sum added up anew. */
final class PaperLedger {
    static final long ANY = Account.NO_LIMIT;

    /** An account and what it allows. What it has spent is nowhere written down. */
    static final class PaperAccount {
        final String scope;
        ModelGlobs models = ModelGlobs.ALL;
        long raise;
        long raiseEnds;

        /** What was spent before this account was opened, and the start of that period. */
        long before;

        long beforeFrom;
        boolean active = true;
        long expires = Long.MAX_VALUE;
        AccountLimits limits = AccountLimits.NONE;
        QuotaPeriod.Interval span = QuotaPeriod.TOTAL.at(Instant.EPOCH, ZoneOffset.UTC);
        long minute;
        long minuteCalls;
        long minuteTokens;

        PaperAccount(String scope) {
            this.scope = scope;
        }

        long limit() {
            return limits.spend() == null ? ANY : limits.spend().nanos();
        }

        long limit(long now) {
            return limit() + (raiseEnds > now ? raise : 0);
        }

        QuotaName name() {
            return new QuotaName(limits.period(), models);
        }
    }

    /** The times of a call: of its booking, of the clock, and in its number. */
    record When(long booked, long clock, long number) {}

    /** A call. Its corrections are part of its cost. */
    static final class Call {
        final List<PaperAccount> accounts;
        final long booked;
        final When when;
        String model = SampleBills.MODEL;
        long held;
        final long tokens;
        CallState state = CallState.HELD;
        boolean landed;
        long cost;

        Call(List<PaperAccount> accounts, When when, long held, long tokens) {
            this.accounts = accounts;
            this.booked = when.booked;
            this.when = when;
            this.held = held;
            this.tokens = tokens;
        }
    }

    final Map<String, PaperAccount> accounts = new LinkedHashMap<>();

    /** The accounts beside the first ones of their scopes; not active when removed. */
    final List<PaperAccount> further = new ArrayList<>();

    final List<Call> calls = new ArrayList<>();
    private final ZoneId zone;
    private long newestDay;

    PaperLedger(ZoneId zone) {
        this.zone = zone;
    }

    PaperAccount account(String scope) {
        return accounts.computeIfAbsent(scope, PaperAccount::new);
    }

    /** The accounts in force beside the first one of a scope. */
    List<PaperAccount> further(String scope) {
        return further.stream().filter(one -> one.active && one.scope.equals(scope)).toList();
    }

    /** The accounts that a call of a model pays into, for those who pay. */
    List<PaperAccount> paying(List<PaperAccount> payers, String model) {
        List<PaperAccount> paying = new ArrayList<>(payers);
        for (PaperAccount payer : payers) {
            further(payer.scope).stream()
                    .filter(one -> one.models.match(model))
                    .forEach(paying::add);
        }
        return paying;
    }

    /** Opens an account beside the first one of its scope. */
    void add(PaperAccount first, QuotaName quota, AccountLimits limits, long now) {
        further.removeIf(
                one ->
                        !one.active
                                && one.scope.equals(first.scope)
                                && held(one) == 0
                                && open(one) == 0);
        PaperAccount more = new PaperAccount(first.scope);
        more.models = quota.models();
        more.limits = limits;
        more.span = quota.period().at(Instant.ofEpochMilli(booked(now)), zone);
        more.beforeFrom = more.span.startMillis();
        more.before =
                calls.stream()
                        .filter(call -> call.accounts.contains(first))
                        .filter(call -> call.booked >= more.beforeFrom)
                        .filter(call -> quota.models().match(call.model))
                        .mapToLong(call -> call.cost)
                        .sum();
        further.add(more);
    }

    /** Nothing is booked before a period that a node has seen. */
    long booked(long now, List<PaperAccount> seen) {
        seen.forEach(one -> newestDay = Math.max(newestDay, one.span.startMillis()));
        return booked(now);
    }

    /** Admits a call and writes it down, or returns false. */
    boolean admit(Call call) {
        List<QuotaPeriod.Interval> spans = new ArrayList<>();
        for (PaperAccount account : call.accounts) {
            QuotaPeriod.Interval span = span(account, call.booked);
            spans.add(span);
            if (!allows(account, span, call)) {
                return false;
            }
        }
        for (int i = 0; i < spans.size(); i++) {
            note(call.accounts.get(i), spans.get(i), call);
        }
        calls.add(call);
        return true;
    }

    /** Changes the hold of a call, or returns false. */
    boolean resize(Call call, long amount, long now) {
        if (amount <= call.held) {
            call.held = amount;
            return true;
        }
        // A quota that was removed meanwhile limits nothing.
        List<PaperAccount> limiting =
                call.accounts.stream()
                        .filter(one -> one.active || accounts.containsValue(one))
                        .toList();
        long booked = booked(now, limiting);
        List<QuotaPeriod.Interval> spans = limiting.stream().map(one -> span(one, booked)).toList();
        for (int i = 0; i < spans.size(); i++) {
            PaperAccount account = limiting.get(i);
            boolean fits = fits(account, spans.get(i), amount - call.held, booked);
            if (!account.active || account.expires <= now || !fits) {
                return false;
            }
        }
        for (int i = 0; i < spans.size(); i++) {
            limiting.get(i).span = spans.get(i);
        }
        call.held = amount;
        return true;
    }

    private boolean fits(PaperAccount account, QuotaPeriod.Interval span, long more, long booked) {
        return spent(account, span) + held(account) + more <= account.limit(booked);
    }

    /** The booking time of a call now: never before a day that has begun. */
    long booked(long now) {
        newestDay = Math.max(newestDay, startOfDay(now));
        return Math.max(now, newestDay);
    }

    private long startOfDay(long millis) {
        return QuotaPeriod.DAY.at(Instant.ofEpochMilli(millis), zone).startMillis();
    }

    void end(Call call, CallState state, long cost, long billedTokens) {
        call.state = state;
        call.cost = cost;
        for (PaperAccount account : call.accounts) {
            if (account.minute == Account.minute(call.when.number)) {
                account.minuteTokens += billedTokens - call.tokens;
            }
        }
    }

    /** Corrects what an ended call cost; false when it may not be. */
    boolean adjust(Call call, long amount) {
        boolean possible = call.state != CallState.RELEASED && call.cost + amount >= 0;
        call.cost += possible ? amount : 0;
        return possible;
    }

    void change(PaperAccount account, AccountLimits limits, long now) {
        if (account.limits.period() != limits.period()) {
            account.span = limits.period().at(Instant.ofEpochMilli(booked(now)), zone);
        }
        account.limits = limits;
    }

    /** Restores the state that a new process reads from the ledger. */
    void restart() {
        long newest = 0;
        for (PaperAccount account :
                Stream.concat(accounts.values().stream(), further.stream()).toList()) {
            newest = Math.max(newest, account.span.startMillis());
        }
        for (Call call : calls) {
            newest = Math.max(newest, call.booked);
        }
        newestDay = startOfDay(newest);
    }

    long spent(PaperAccount account, long now) {
        return spent(account, span(account, now));
    }

    long held(PaperAccount account) {
        return calls.stream()
                .filter(call -> call.state == CallState.HELD && call.accounts.contains(account))
                .mapToLong(call -> call.held)
                .sum();
    }

    private long spent(PaperAccount account, QuotaPeriod.Interval span) {
        return calls.stream()
                .filter(call -> call.accounts.contains(account))
                .filter(call -> call.booked >= span.startMillis())
                .mapToLong(call -> call.cost)
                .reduce(account.beforeFrom >= span.startMillis() ? account.before : 0, Long::sum);
    }

    private QuotaPeriod.Interval span(PaperAccount account, long now) {
        return account.span.endMillis() > now
                ? account.span
                : account.limits.period().at(Instant.ofEpochMilli(now), zone);
    }

    private boolean allows(PaperAccount account, QuotaPeriod.Interval span, Call call) {
        boolean sameMinute = account.minute == Account.minute(call.when.clock);
        long callsBefore = sameMinute ? account.minuteCalls : 0;
        long tokensBefore = sameMinute ? account.minuteTokens : 0;
        return account.active
                && account.expires > call.when.clock
                && fits(account, span, call.held, call.booked)
                && open(account) < or(account.limits.parallel())
                && callsBefore < or(account.limits.requestsPerMinute())
                && tokensBefore + call.tokens <= or(account.limits.tokensPerMinute());
    }

    private static void note(PaperAccount account, QuotaPeriod.Interval span, Call call) {
        long minute = Account.minute(call.when.clock);
        account.minuteCalls = (account.minute == minute ? account.minuteCalls : 0) + 1;
        account.minuteTokens = (account.minute == minute ? account.minuteTokens : 0) + call.tokens;
        account.minute = minute;
        account.span = span;
    }

    private long open(PaperAccount account) {
        return calls.stream()
                .filter(call -> call.state == CallState.HELD && call.accounts.contains(account))
                .filter(call -> !call.landed)
                .count();
    }

    private static long or(@Nullable Long limit) {
        return limit == null ? ANY : limit;
    }
}
