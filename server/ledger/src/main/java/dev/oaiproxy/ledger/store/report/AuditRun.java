package dev.oaiproxy.ledger.store.report;

import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.AccountRow;
import dev.oaiproxy.ledger.store.write.Rollups;
import dev.oaiproxy.ledger.store.write.Rollups.Cell;
import dev.oaiproxy.ledger.store.write.Rollups.Sums;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One reading of the books, from day to day, so that it needs no more memory for years than for the
 * day with the most users and models.
 */
final class AuditRun {
    /** In the order of an index that it can begin in. */
    private static final String CALLS =
            "SELECT "
                    + AuditedCall.COLUMNS
                    + " FROM calls WHERE booked_ms >= ? AND booked_ms < ? ORDER BY booked_ms";

    private static final String ACCOUNTS = "SELECT " + AccountRow.COLUMNS + " FROM accounts";

    /** The groups of keys, by which the days before the horizon are given to groups and members. */
    private static final String KEYS_OF_GROUPS =
            "SELECT id, group_id, member_id FROM api_keys WHERE group_id <> 0";

    private static final String CARRYOVERS =
            "SELECT account_id, booked_ms, cost_nanos FROM carryovers";

    private static final String DAYS =
            """
            SELECT day AS slot, user_id, key_id, model, operation, calls, input_tokens,
                cached_tokens, output_tokens, cost_nanos, 0 AS held_nanos
            FROM usage_by_day WHERE day >= ? AND day < ?
            """;

    private static final String HOURS =
            """
            SELECT hour AS slot, user_id, key_id, model, operation, calls, input_tokens,
                cached_tokens, output_tokens, cost_nanos, held_nanos
            FROM usage_by_hour WHERE hour >= ? AND hour < ?
            """;

    private static final String NEXT_CALL =
            "SELECT booked_ms FROM calls WHERE booked_ms >= ? ORDER BY booked_ms LIMIT ?";

    private static final String NEXT_DAY =
            "SELECT day FROM usage_by_day WHERE day >= ? ORDER BY day LIMIT ?";

    private static final String NEXT_HOUR =
            "SELECT hour FROM usage_by_hour WHERE hour >= ? ORDER BY hour LIMIT ?";

    private static final String OWNERLESS =
            """
            SELECT c.id FROM calls c WHERE
                NOT EXISTS (SELECT 1 FROM users u WHERE u.id = c.user_id)
                OR NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.id = c.key_id
                    AND k.group_id = c.group_id AND k.member_id = c.member_id)
                OR (c.adjusts <> 0 AND NOT EXISTS (SELECT 1 FROM calls o WHERE o.id = c.adjusts))
            """;

    private static final String DEFERRED = "SELECT call_id FROM deferred";

    private static final String STRAYS =
            """
            SELECT d.call_id FROM deferred d WHERE
                NOT EXISTS (SELECT 1 FROM calls c WHERE c.id = d.call_id AND c.state = 0)
            """;

    /** A container can end before OpenAI forgets it; a vector store costs money until then. */
    private static final String UNKEPT =
            """
            SELECT a.object_id AS id FROM accruals a WHERE NOT EXISTS
                (SELECT 1 FROM objects o WHERE o.id = a.object_id AND o.user_id = a.user_id)
            UNION ALL
            SELECT o.id AS id FROM objects o WHERE o.kind = 'vector_store'
                AND NOT EXISTS (SELECT 1 FROM accruals a WHERE a.object_id = o.id)
            """;

    private final Tx tx;
    private final Rollups rollups;
    private final AuditFindings findings = new AuditFindings();
    private final AuditedRollups days;
    private final RecomputedSums sums;

    private AuditRun(Tx tx, Rollups rollups) throws SQLException {
        this.tx = tx;
        this.rollups = rollups;
        this.days =
                new AuditedRollups(rollups, rollups.horizon(tx), rollups.firstHour(tx), findings);
        this.sums = new RecomputedSums(days, findings);
    }

    static Audit.Report check(Tx tx, Rollups rollups) throws SQLException {
        return new AuditRun(tx, rollups).run();
    }

    private Audit.Report run() throws SQLException {
        tx.each(ACCOUNTS, row -> sums.account(AccountRow.read(row)));
        tx.each(
                KEYS_OF_GROUPS,
                row -> sums.keyOfGroup(row.getLong(1), row.getLong(2), row.getLong(3)));
        tx.each(CARRYOVERS, row -> sums.carryover(row.getLong(1), row.getLong(2), row.getLong(3)));
        tx.each(DEFERRED, row -> sums.landed(row.getLong(1)));
        deletedDays();
        Optional<Long> day = Optional.of(days.horizon());
        while (day.isPresent()) {
            day(day.get());
            day = next(day.get() + 1);
        }
        tx.each(OWNERLESS, row -> sums.ownerless(row.getLong(1)));
        tx.each(STRAYS, row -> sums.stray(row.getLong(1)));
        tx.each(UNKEPT, row -> sums.unkept(row.getString(1)));
        return sums.report();
    }

    /** The days whose calls are deleted, or are being deleted. */
    private void deletedDays() throws SQLException {
        calls(Long.MIN_VALUE, rollups.startOfDay(days.horizon()));
        tx.each(
                DAYS,
                row -> deletedDay(Cell.read(row), Sums.read(row)),
                Long.MIN_VALUE,
                days.horizon());
        tx.each(
                HOURS,
                row -> days.deletedHour(Cell.read(row), Sums.read(row)),
                days.firstDeletedHour(),
                days.endOfDeletedHours());
        days.compareDeleted();
    }

    private void deletedDay(Cell cell, Sums stored) {
        sums.deletedDay(rollups.startOfDay(cell.slot()), cell, stored);
    }

    private void day(long day) throws SQLException {
        long end = rollups.startOfDay(day + 1);
        calls(rollups.startOfDay(day), end);
        tx.each(DAYS, row -> days.day(Cell.read(row), Sums.read(row)), day, day + 1);
        long endOfHours = Rollups.hour(end);
        tx.each(
                HOURS,
                row -> days.hour(Cell.read(row), Sums.read(row)),
                days.nextHour(),
                endOfHours);
        days.endOfDay(endOfHours);
    }

    private void calls(long since, long until) throws SQLException {
        tx.each(CALLS, row -> sums.call(AuditedCall.read(row)), since, until);
    }

    /** The next day on which there is anything. */
    private Optional<Long> next(long from) throws SQLException {
        Optional<Long> call = first(NEXT_CALL, rollups.startOfDay(from)).map(rollups::day);
        Optional<Long> day = first(NEXT_DAY, from);
        Optional<Long> hour =
                first(NEXT_HOUR, days.nextHour())
                        .map(found -> rollups.day(found * Rollups.MILLIS_PER_HOUR));
        return Stream.of(call, day, hour)
                .flatMap(Optional::stream)
                .map(found -> Math.max(found, from))
                .min(Comparator.naturalOrder());
    }

    private Optional<Long> first(String sql, long from) throws SQLException {
        return tx.first(sql, row -> row.getLong(1), from, 1);
    }
}
