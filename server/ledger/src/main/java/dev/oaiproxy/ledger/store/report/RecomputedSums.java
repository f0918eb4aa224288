package dev.oaiproxy.ledger.store.report;

import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.store.write.Payers;
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

/** All sums of the ledger, computed anew from its calls and compared with the stored ones. */
final class RecomputedSums {
    private final AuditedRollups rollups;
    private final AuditFindings findings;
    private final Map<Long, Tally> accounts = new LinkedHashMap<>();
    private final Map<Long, Payers> groups = new HashMap<>();
    private final Set<Long> landed = new HashSet<>();
    private long calls;
    private Usd charged = Usd.ZERO;

    RecomputedSums(AuditedRollups rollups, AuditFindings findings) {
        this.rollups = rollups;
        this.findings = findings;
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

    void keyOfGroup(long key, long group, long member) {
        groups.put(key, new Payers(0, key, group, member));
    }

    /** Adds what no call that names the account has spent on it. */
    void carryover(long account, long bookedMillis, long costNanos) {
        Tally tally = accounts.get(account);
        if (tally == null || !tally.row.isFurther()) {
            findings.add(
                    "a carryover has its quota", "account " + account, "a further one", "none");
        } else {
            tally.spend(bookedMillis, costNanos);
        }
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
                                findings.add(
                                        "a call costs what its state and lines say",
                                        call.where(),
                                        expected,
                                        Usd.ofNanos(call.costNanos()).toString()));
        if (call.isHeld() == (call.endedMillis() != 0)) {
            findings.add(
                    "a call has ended or is held", call.where(), "one of both", "neither or both");
        }
        List<Tally> tallies = tallies(call.where(), call.payers());
        List<Tally> further = further(call);
        if (call.isHeld()) {
            hold(tallies, call);
            hold(further, call);
        }
        further.forEach(tally -> tally.spend(call.bookedMillis(), call.costNanos()));
        if (rollups.isProved(call.bookedMillis())) {
            spend(tallies, call.bookedMillis(), call.costNanos());
            if (!call.isHeld() && call.state() != CallState.RELEASED) {
                rollups.add(call);
            }
        }
    }

    private void hold(List<Tally> tallies, AuditedCall call) {
        tallies.forEach(tally -> tally.hold(call.heldNanos()));
        if (!landed.contains(call.id())) {
            tallies.forEach(tally -> tally.open++);
        }
    }

    /** The further accounts of a call, but for quotas that were removed and are forgotten. */
    private List<Tally> further(AuditedCall call) {
        List<Tally> further = new ArrayList<>();
        for (long account : call.quotas().numbers()) {
            Tally tally = accounts.get(account);
            if (tally != null && call.payers().scopes().contains(tally.row.scopeId())) {
                further.add(tally);
            } else if (tally != null) {
                findings.add(
                        "a call pays into quotas of its own",
                        call.where(),
                        "a quota of who pays",
                        "account " + account);
            }
        }
        return further;
    }

    private void spend(List<Tally> tallies, long bookedMillis, long costNanos) {
        charged = charged.plus(Usd.ofNanos(costNanos));
        tallies.forEach(tally -> tally.spend(bookedMillis, costNanos));
    }

    void ownerless(long id) {
        findings.add(
                "a call has a user, a key, and what it corrects",
                "call " + new CallId(id),
                "all",
                "not");
    }

    void stray(long id) {
        findings.add(
                "a call that waits for its cost is held", "call " + new CallId(id), "held", "not");
    }

    void unkept(String object) {
        findings.add(
                "a stored object has an owner and is billed", "object " + object, "both", "not");
    }

    /** Adds a day before the horizon, which stands for its calls. */
    void deletedDay(long startMillis, Cell cell, Sums stored) {
        Payers payers =
                groups.getOrDefault(cell.keyId(), new Payers(cell.userId(), cell.keyId(), 0, 0));
        List<Tally> tallies = tallies(cell.toString(), payers.by(cell.userId()));
        spend(tallies, startMillis, stored.costNanos());
        rollups.deletedDay(cell, stored);
    }

    /** The report, after everything has been added. */
    Audit.Report report() {
        accounts.values().forEach(this::check);
        return new Audit.Report(calls, accounts.size(), charged, findings.all());
    }

    private List<Tally> tallies(String where, Payers payers) {
        List<Tally> tallies = new ArrayList<>();
        for (long account : payers.scopes()) {
            Tally tally = accounts.get(account);
            if (tally == null) {
                findings.add(
                        "an account for every user and key", where, "account " + account, "none");
            } else {
                tallies.add(tally);
            }
        }
        return tallies;
    }

    /** False for an hour whose calls are deleted, of which only the day's sum is left. */
    private boolean isKnown(Account row) {
        return row.period() != QuotaPeriod.HOUR
                || rollups.isProved(row.balance().period().startMillis());
    }

    private void check(Tally tally) {
        String scope = tally.row.scope() + (tally.row.isFurther() ? ", " + tally.row.name() : "");
        Account.Balance stored = tally.row.balance();
        if (isKnown(tally.row)) {
            findings.compare(
                    "spent is the sum of the period's charges",
                    scope,
                    Usd.ofNanos(tally.spent),
                    Usd.ofNanos(stored.spentNanos()));
        }
        findings.compare(
                "held is the sum of the open holds",
                scope,
                Usd.ofNanos(tally.held),
                Usd.ofNanos(stored.heldNanos()));
        findings.compare(
                "the calls in flight are the open holds", scope, tally.open, stored.inFlight());
    }
}
