package dev.oaiproxy.ledger.store.report;

import dev.oaiproxy.ledger.ledger.UsageGroup;
import dev.oaiproxy.ledger.ledger.UsageQuery;
import dev.oaiproxy.ledger.ledger.UsageQuery.By;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.DbQueries;
import dev.oaiproxy.ledger.store.write.Rollups;
import dev.oaiproxy.metering.money.Usd;
import io.helidon.dbclient.DbRow;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Sums of usage, exact to the millisecond: whole days come from the roll-ups, the partial ones at
 * both ends from the calls. A day whose calls are deleted counts as a whole.
 */
public record UsageReport(ReaderThreads readerThreads, Rollups rollups) {
    private static final long WAIT_MILLIS = 60_000;

    private static final String SUMS =
            """
            SUM(x.calls), SUM(x.input_tokens), SUM(x.cached_tokens), SUM(x.output_tokens),
            SUM(x.cost_nanos), SUM(x.held_nanos)
            """;

    private static final String FROM_ROLLUP =
            """
            SELECT day AS slot, user_id, key_id, model, operation, calls, input_tokens,
                cached_tokens, output_tokens, cost_nanos, 0 AS held_nanos
            FROM usage_by_day WHERE day >= ? AND day < ?
            """;

    private static final String FROM_CALLS =
            """
            SELECT %s AS slot, user_id, key_id, model, operation,
                CASE WHEN state = 4 THEN 0 ELSE 1 END AS calls, input_tokens, cached_tokens,
                output_tokens, cost_nanos, held_nanos
            FROM calls WHERE booked_ms >= ? AND booked_ms < ? AND state IN (1, 3, 4)
            """;

    /** Uses the remainder, since databases differ in the division of integers. */
    private static final String START_OF_HOUR = "booked_ms - booked_ms % 3600000";

    /** The groups, in the order of their grouping columns. */
    public List<UsageGroup> groups(UsageQuery query) {
        SqlCondition sqlCondition =
                new SqlCondition()
                        .and("u.name = ?", query.user())
                        .and("k.public_id = ?", query.key())
                        .and("x.model = ?", query.model());
        String columns =
                query.by().stream().map(UsageReport::column).collect(Collectors.joining(", "));
        return readerThreads.read(
                tx -> {
                    List<Object> arguments = new ArrayList<>();
                    String source = source(query, rollups.horizon(tx), arguments);
                    arguments.addAll(sqlCondition.arguments());
                    return tx.query(
                            sql(columns, source, sqlCondition),
                            row -> group(row, query),
                            arguments.toArray());
                },
                WAIT_MILLIS);
    }

    private static String sql(String columns, String source, SqlCondition sqlCondition) {
        return "SELECT "
                + (columns.isEmpty() ? "" : columns + ", ")
                + SUMS
                + " FROM ("
                + source
                + ") x JOIN users u ON u.id = x.user_id JOIN api_keys k ON k.id = x.key_id"
                + sqlCondition.sql()
                + (columns.isEmpty() ? "" : " GROUP BY " + columns)
                + (columns.isEmpty() ? "" : " ORDER BY " + columns);
    }

    private String source(UsageQuery query, long horizon, List<Object> arguments) {
        long horizonMillis = rollups.startOfDay(horizon);
        long since = query.since().toEpochMilli();
        long until = query.until().toEpochMilli();
        if (since < horizonMillis) {
            since = rollups.startOfDay(rollups.day(since));
        }
        if (until < horizonMillis) {
            until = rollups.startOfDay(rollups.day(until - 1) + 1);
        }
        if (query.by().contains(By.HOUR) || query.holds()) {
            arguments.addAll(List.of(since, until));
            return FROM_CALLS.formatted(START_OF_HOUR);
        }
        long firstDay = rollups.day(since - 1) + 1;
        long lastDay = Math.max(firstDay, rollups.day(until));
        long firstWhole = Math.min(rollups.startOfDay(firstDay), until);
        long lastWhole = Math.max(firstWhole, rollups.startOfDay(lastDay));
        arguments.addAll(List.of(firstDay, lastDay));
        arguments.addAll(List.of(since, firstWhole, lastWhole, Math.max(lastWhole, until)));
        return FROM_ROLLUP
                + " UNION ALL "
                + FROM_CALLS.formatted(rollups.day(since))
                + " UNION ALL "
                + FROM_CALLS.formatted(rollups.day(until));
    }

    private static String column(By by) {
        return switch (by) {
            case USER -> "u.name";
            case KEY -> "k.public_id";
            case MODEL -> "x.model";
            case OPERATION -> "x.operation";
            case DAY, HOUR -> "x.slot";
        };
    }

    private static UsageGroup group(DbRow row, UsageQuery query) {
        List<String> names = new ArrayList<>();
        for (By by : query.by()) {
            names.add(name(by, row.column(names.size() + 1).getString()));
        }
        int next = names.size() + 1;
        return new UsageGroup(
                names,
                DbQueries.number(row, next),
                DbQueries.number(row, next + 1),
                DbQueries.number(row, next + 2),
                DbQueries.number(row, next + 3),
                Usd.ofNanos(DbQueries.number(row, next + 4)),
                Usd.ofNanos(DbQueries.number(row, next + 5)));
    }

    private static String name(By by, String value) {
        return switch (by) {
            case USER, KEY, MODEL, OPERATION -> value;
            case DAY -> LocalDate.ofEpochDay(Long.parseLong(value)).toString();
            case HOUR -> Instant.ofEpochMilli(Long.parseLong(value)).toString();
        };
    }
}
