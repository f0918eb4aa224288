package dev.oaiproxy.ledger.store.report;

import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.ledger.AuditFinding;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.store.write.Accounts;
import dev.oaiproxy.ledger.store.write.Rollups;
import dev.oaiproxy.ledger.store.write.Rollups.Cell;
import dev.oaiproxy.ledger.store.write.Rollups.Sums;
import dev.oaiproxy.metering.money.Usd;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All sums of the ledger, computed anew from its calls and compared with the stored ones. */
final class RecomputedSums {
    private static final int MOST_FINDINGS = 1000;

    private final Rollups rollups;
    private final long horizon;
    private final long horizonMillis;
    private final Map<Long, Tally> accounts = new LinkedHashMap<>();
    private final Map<Cell, Sums> days = new HashMap<>();
    private final Map<Cell, Sums> hours = new HashMap<>();
    private final Map<Long, Sums> goneByDay = new HashMap<>();
    private final Map<Long, Sums> goneByHour = new HashMap<>();
    private final Set<Long> landed = new HashSet<>();
    private final List<AuditFinding> findings = new ArrayList<>();
    private long calls;
    private Usd charged = Usd.ZERO;

    /**
     * @param horizon the first day that is proved by its calls; earlier days are in the roll-ups
     *     alone
     */
    RecomputedSums(Rollups rollups, long horizon) {
        this.rollups = rollups;
        this.horizon = horizon;
        this.horizonMillis = rollups.startOfDay(horizon);
    }

    /** The sums of an account, by its calls. */
    private static final class Tally {
        private final Account row;
        private long spent;
        private long held;
        private long open;

        Tally(Account row) {
            this.row = row;
        }

        void spend(long bookedMillis, long costNanos) {
            if (bookedMillis >= row.balance().period().startMillis()) {
                spent = Math.addExact(spent, costNanos);
            }
        }

        void hold(long heldNanos) {
            held = Math.addExact(held, heldNanos);
        }
    }

    void account(Account row) {
        accounts.put(row.id(), new Tally(row));
    }

    /** Notes a call with a pending settlement: it is held, but not in flight. */
    void landed(long id) {
        landed.add(id);
    }

    void call(AuditedCall call) {
        calls++;
        call.mistake()
                .ifPresent(
                        expected ->
                                find(
                                        "a call costs what its state and lines say",
                                        call.where(),
                                        expected,
                                        Usd.ofNanos(call.costNanos()).toString()));
        if (call.isHeld() == (call.endedMillis() != 0)) {
            find("a call has ended or is held", call.where(), "one of both", "neither or both");
        }
        List<Tally> tallies = tallies(call.where(), call.userId(), call.keyId());
        if (call.isHeld()) {
            tallies.forEach(tally -> tally.hold(call.heldNanos()));
            if (!landed.contains(call.id())) {
                tallies.forEach(tally -> tally.open++);
            }
        }
        if (call.bookedMillis() >= horizonMillis) {
            spend(tallies, call.bookedMillis(), call.costNanos());
            if (!call.isHeld() && call.state() != CallState.RELEASED) {
                roll(call);
            }
        }
    }

    private void spend(List<Tally> tallies, long bookedMillis, long costNanos) {
        charged = charged.plus(Usd.ofNanos(costNanos));
        tallies.forEach(tally -> tally.spend(bookedMillis, costNanos));
    }

    void ownerless(long id) {
        find(
                "a call has a user, a key, and what it corrects",
                "call " + new CallId(id),
                "all",
                "not");
    }

    void stray(long id) {
        find("a call that waits for its cost is held", "call " + new CallId(id), "held", "not");
    }

    void unkept(String object) {
        find("a stored object has an owner and is billed", "object " + object, "both", "not");
    }

    void day(Cell cell, Sums stored) {
        if (cell.slot() >= horizon) {
            compare("the day's roll-up is the sum of its calls", cell, days.remove(cell), stored);
            return;
        }
        List<Tally> tallies = tallies(cell.toString(), cell.userId(), cell.keyId());
        spend(tallies, rollups.startOfDay(cell.slot()), stored.costNanos());
        goneByDay.merge(cell.userId(), stored, Sums::plus);
    }

    void hour(Cell cell, Sums stored) {
        Sums computed = hours.remove(cell);
        if (cell.slot() > Rollups.hour(horizonMillis - 1)) {
            compare("the hour's roll-up is the sum of its calls", cell, computed, stored);
        } else {
            goneByHour.merge(cell.userId(), stored, Sums::plus);
        }
    }

    /** The report, after everything has been added. */
    Audit.Report report() {
        days.forEach((cell, sum) -> compare("every day has its roll-up", cell, sum, Sums.NONE));
        hours.forEach((cell, sum) -> compare("every hour has its roll-up", cell, sum, Sums.NONE));
        compareGone();
        accounts.values().forEach(this::check);
        return new Audit.Report(calls, accounts.size(), charged, findings);
    }

    private List<Tally> tallies(String where, long user, long key) {
        List<Tally> tallies = new ArrayList<>();
        for (long account : List.of(Accounts.EVERYONE, user, key)) {
            Tally tally = accounts.get(account);
            if (tally == null) {
                find("an account for every user and key", where, "account " + account, "none");
            } else {
                tallies.add(tally);
            }
        }
        return tallies;
    }

    /**
     * Skips the check where a day begins within an hour, which then lies on both sides of the
     * horizon.
     */
    private void compareGone() {
        if (!Rollups.isFullHour(horizonMillis)) {
            return;
        }
        goneByDay.forEach(
                (user, days) -> {
                    Sums hours = goneByHour.getOrDefault(user, Sums.NONE);
                    compare(
                            "the hours before the horizon add up to the days",
                            "user " + user,
                            days,
                            hours);
                });
    }

    private void roll(AuditedCall call) {
        Cell day =
                new Cell(
                        rollups.day(call.bookedMillis()),
                        call.userId(),
                        call.keyId(),
                        call.model(),
                        call.operation());
        Cell hour = new Cell(Rollups.hour(call.bookedMillis()), call.userId(), 0, "", "");
        days.merge(day, sums(call), Sums::plus);
        hours.merge(hour, sums(call), Sums::plus);
    }

    private static Sums sums(AuditedCall call) {
        return new Sums(
                call.state() == CallState.ADJUSTED ? 0 : 1,
                call.inputTokens(),
                call.cachedTokens(),
                call.outputTokens(),
                call.costNanos());
    }

    private void check(Tally tally) {
        String scope = tally.row.scope();
        Account.Balance stored = tally.row.balance();
        compare(
                "spent is the sum of the period's charges",
                scope,
                Usd.ofNanos(tally.spent),
                Usd.ofNanos(stored.spentNanos()));
        compare(
                "held is the sum of the open holds",
                scope,
                Usd.ofNanos(tally.held),
                Usd.ofNanos(stored.heldNanos()));
        compare("the calls in flight are the open holds", scope, tally.open, stored.inFlight());
    }

    private void compare(String rule, Cell cell, @Nullable Sums expected, Sums stored) {
        compare(rule, cell.toString(), expected == null ? Sums.NONE : expected, stored);
    }

    private void compare(String rule, String where, Object expected, Object found) {
        if (!expected.equals(found)) {
            find(rule, where, expected.toString(), found.toString());
        }
    }

    private void find(String rule, String where, String expected, String found) {
        if (findings.size() < MOST_FINDINGS) {
            findings.add(new AuditFinding(rule, where, expected, found));
        }
    }
}
