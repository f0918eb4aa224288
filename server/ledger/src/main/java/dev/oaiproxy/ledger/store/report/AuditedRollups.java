package dev.oaiproxy.ledger.store.report;

import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.store.write.Rollups;
import dev.oaiproxy.ledger.store.write.Rollups.Cell;
import dev.oaiproxy.ledger.store.write.Rollups.Sums;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The sums by day and hour, computed anew and compared with the stored ones. Those of a day are
 * forgotten when it has ended.
 */
final class AuditedRollups {
    private final Rollups rollups;
    private final AuditFindings findings;
    private final long horizon;
    private final long horizonMillis;
    private final long firstDeletedDay;
    private final long firstDeletedHour;
    private final long endOfDeletedHours;
    private final Map<Cell, Sums> days = new HashMap<>();
    private final Map<Cell, Sums> hours = new HashMap<>();
    private final Map<Long, Sums> deletedByDay = new HashMap<>();
    private final Map<Long, Sums> deletedByHour = new HashMap<>();
    private long nextHour;

    /**
     * @param horizon the first day that is proved by its calls; earlier days are in the roll-ups
     *     alone
     * @param firstHour the first hour of the sums by hour
     */
    AuditedRollups(Rollups rollups, long horizon, long firstHour, AuditFindings findings) {
        this.rollups = rollups;
        this.findings = findings;
        this.horizon = horizon;
        this.horizonMillis = rollups.startOfDay(horizon);
        this.endOfDeletedHours = Rollups.hour(horizonMillis - 1) + 1;
        boolean isWhole = firstHour == 0;
        this.firstDeletedDay =
                isWhole ? Long.MIN_VALUE : rollups.day(firstHour * Rollups.MILLIS_PER_HOUR - 1) + 1;
        this.firstDeletedHour =
                isWhole ? Long.MIN_VALUE : Rollups.hour(rollups.startOfDay(firstDeletedDay));
        this.nextHour = Math.max(endOfDeletedHours, firstHour);
    }

    long horizon() {
        return horizon;
    }

    /** True for a time whose calls are all there. */
    boolean isProved(long bookedMillis) {
        return bookedMillis >= horizonMillis;
    }

    long firstDeletedHour() {
        return firstDeletedHour;
    }

    /** The end of the last hour that began before the horizon. */
    long endOfDeletedHours() {
        return endOfDeletedHours;
    }

    /** The first hour that has not been compared. */
    long nextHour() {
        return nextHour;
    }

    /** Adds a call that was charged, or a correction. */
    void add(AuditedCall call) {
        Cell day =
                new Cell(
                        rollups.day(call.bookedMillis()),
                        call.userId(),
                        call.keyId(),
                        call.model(),
                        call.operation());
        Sums sums = sums(call);
        days.merge(day, sums.withoutHolds(), Sums::plus);
        Cell hour = day.at(Rollups.hour(call.bookedMillis()));
        if (hour.slot() >= nextHour) {
            hours.merge(hour, sums, Sums::plus);
            hours.merge(hour.ofEveryone(), sums, Sums::plus);
        }
    }

    private static Sums sums(AuditedCall call) {
        return new Sums(
                call.state() == CallState.ADJUSTED ? 0 : 1,
                call.inputTokens(),
                call.cachedTokens(),
                call.outputTokens(),
                call.costNanos(),
                call.heldNanos());
    }

    /** Compares the sum of a day. */
    void day(Cell cell, Sums stored) {
        Sums computed = days.remove(cell);
        compare("the day's roll-up is the sum of its calls", cell, computed, stored);
    }

    /** Compares the sum of an hour. */
    void hour(Cell cell, Sums stored) {
        Sums computed = hours.remove(cell);
        compare("the hour's roll-up is the sum of its calls", cell, computed, stored);
    }

    /** Ends a day whose roll-ups have been compared, with its hours before that one. */
    void endOfDay(long hour) {
        days.forEach((cell, sum) -> compare("every day has its roll-up", cell, sum, Sums.NONE));
        days.clear();
        hours.forEach(
                (cell, sum) -> {
                    if (cell.slot() < hour) {
                        compare("every hour has its roll-up", cell, sum, Sums.NONE);
                    }
                });
        hours.keySet().removeIf(cell -> cell.slot() < hour);
        nextHour = Math.max(nextHour, hour);
    }

    /** Adds a day before the horizon. */
    void deletedDay(Cell cell, Sums stored) {
        if (cell.slot() >= firstDeletedDay) {
            deletedByDay.merge(cell.userId(), stored, Sums::plus);
            deletedByDay.merge(cell.ofEveryone().userId(), stored, Sums::plus);
        }
    }

    /** Adds an hour before the horizon. */
    void deletedHour(Cell cell, Sums stored) {
        deletedByHour.merge(cell.userId(), stored.withoutHolds(), Sums::plus);
    }

    /**
     * Compares what is before the horizon. Skips that where a day begins within an hour, which then
     * lies on both sides.
     */
    void compareDeleted() {
        boolean isSplit =
                !Rollups.isFullHour(horizonMillis)
                        || (firstDeletedDay != Long.MIN_VALUE
                                && !Rollups.isFullHour(rollups.startOfDay(firstDeletedDay)));
        if (isSplit) {
            return;
        }
        TreeSet<Long> users = new TreeSet<>(deletedByDay.keySet());
        users.addAll(deletedByHour.keySet());
        for (long user : users) {
            findings.compare(
                    "the hours before the horizon add up to the days",
                    user == 0 ? "everyone" : "user " + user,
                    deletedByDay.getOrDefault(user, Sums.NONE),
                    deletedByHour.getOrDefault(user, Sums.NONE));
        }
    }

    private void compare(String rule, Cell cell, @Nullable Sums expected, Sums stored) {
        findings.compare(rule, cell.toString(), expected == null ? Sums.NONE : expected, stored);
    }
}
