package dev.oaiproxy.ledger.store.report;

import static java.util.stream.Collectors.joining;

import dev.oaiproxy.ledger.ledger.UsageQuery;
import dev.oaiproxy.ledger.ledger.UsageQuery.By;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The statement of a report. It sums up rows of the roll-ups and calls, each found by an index,
 * before it gives users and keys their names.
 */
final class UsageStatement {
    /** In place of a day: each row has its own hour. */
    static final long OF_HOURS = Long.MIN_VALUE;

    private static final String SUMS =
            """
            SUM(calls) AS calls, SUM(input_tokens) AS input_tokens,
                SUM(cached_tokens) AS cached_tokens, SUM(output_tokens) AS output_tokens,
                SUM(cost_nanos) AS cost_nanos, SUM(held_nanos) AS held_nanos
            """;

    private static final String RESULTS =
            "x.calls, x.input_tokens, x.cached_tokens, x.output_tokens, x.cost_nanos, x.held_nanos";

    private static final String KEYS_OF_USER =
            "(SELECT id FROM api_keys WHERE user_id = (SELECT id FROM users WHERE name = ?))";

    private static final String KEY = "(SELECT id FROM api_keys WHERE public_id = ?)";

    private static final String KEYS_OF_GROUP =
            """
            (SELECT id FROM api_keys WHERE group_id = (SELECT id FROM user_groups WHERE name = ?))
            """;

    /** The group of a key, which has it for as long as it lives. */
    private static final String GROUPS_OF_KEYS =
            " JOIN (SELECT id AS group_key_id, group_id FROM api_keys) gk"
                    + " ON gk.group_key_id = y.group_key";

    private static final String DAYS = "usage_by_day WHERE day >= ? AND day < ?";

    private static final String HOURS = "usage_by_hour WHERE hour >= ? AND hour < ?";

    private static final String CALLS =
            "calls WHERE booked_ms >= ? AND booked_ms < ? AND state IN (1, 3, 4)";

    /** Uses the remainder, since databases differ in the division of integers. */
    private static final String START_OF_HOUR = "booked_ms - booked_ms % 3600000";

    /** An expression: the calls of part of an hour are better found by their time. */
    private static final String KEY_OF_CALL = "key_id + 0";

    private final UsageQuery query;
    private final int limit;
    private final List<String> parts = new ArrayList<>();
    private final List<Object> arguments = new ArrayList<>();

    /**
     * @param limit the most groups
     */
    UsageStatement(UsageQuery query, int limit) {
        this.query = query;
        this.limit = limit;
    }

    /** Adds the days from the first to before the last, of which there may be none. */
    void addDays(long first, long last) {
        if (first < last) {
            String sums = SUMS.replace("SUM(held_nanos)", "0");
            add(new SummedTable("day", "day", sums, DAYS, filters("key_id")), first, last);
        }
    }

    /** Adds whole hours, which lie in that day. */
    void addHours(long day, long first, long last) {
        String whose = isOfEveryone() ? " AND key_id = 0" : " AND key_id <> 0";
        String slot = slot(day, "hour * 3600000");
        String grouping = day == OF_HOURS ? "hour" : "";
        add(new SummedTable(slot, grouping, SUMS, HOURS, whose + filters("key_id")), first, last);
    }

    /** Adds the calls of a time, which lies in that day, or is empty. */
    void addCalls(long day, long since, long until) {
        if (since < until) {
            String sums = SUMS.replace("SUM(calls)", "SUM(CASE WHEN state = 4 THEN 0 ELSE 1 END)");
            String slot = slot(day, START_OF_HOUR);
            String grouping = day == OF_HOURS ? START_OF_HOUR : "";
            add(new SummedTable(slot, grouping, sums, CALLS, filters(KEY_OF_CALL)), since, until);
        }
    }

    Object[] values() {
        List<Object> values = new ArrayList<>(arguments);
        if (!query.by().isEmpty()) {
            values.add(limit);
        }
        return values.toArray();
    }

    String sql() {
        String columns = columns(UsageStatement::column);
        String all =
                "SELECT "
                        + columns
                        + SUMS
                        + (" FROM (" + String.join(" UNION ALL ", parts) + ") y")
                        + (query.by().contains(By.GROUP) ? GROUPS_OF_KEYS : "");
        if (query.by().isEmpty()) {
            return all;
        }
        String grouped = all + " GROUP BY " + columns.substring(0, columns.length() - 2);
        String names = columns(UsageStatement::name);
        return "SELECT "
                + names
                + RESULTS
                + (" FROM (" + grouped + ") x")
                + (query.by().contains(By.USER) ? " JOIN users u ON u.id = x.user_id" : "")
                + (query.by().contains(By.KEY) ? " JOIN api_keys k ON k.id = x.key_id" : "")
                + (query.by().contains(By.GROUP)
                        ? " LEFT JOIN user_groups g ON g.id = x.group_id"
                        : "")
                + (" ORDER BY " + names.substring(0, names.length() - 2) + " LIMIT ?");
    }

    /**
     * A table, and what is taken of it.
     *
     * @param slot the expression for the day or hour
     * @param grouping the same to group by; empty when it is the same for all rows
     */
    private record SummedTable(
            String slot, String grouping, String sums, String table, String filters) {}

    private void add(SummedTable part, long first, long last) {
        String columns = columns(by -> isTime(by) ? part.slot + " AS slot" : partColumn(by));
        String groups =
                query.by().stream()
                        .map(by -> isTime(by) ? part.grouping : partGrouping(by))
                        .filter(column -> !column.isEmpty())
                        .distinct()
                        .collect(joining(", "));
        parts.add(
                ("SELECT " + columns + part.sums + " FROM " + part.table + part.filters)
                        // Without a group there would be a row also where there is nothing.
                        + (groups.isEmpty() ? " HAVING COUNT(*) > 0" : " GROUP BY " + groups));
        arguments.add(first);
        arguments.add(last);
        for (Object filter :
                new Object[] {query.user(), query.key(), query.model(), query.group()}) {
            if (filter != null) {
                arguments.add(filter);
            }
        }
    }

    private String filters(String keyColumn) {
        return (query.user() == null ? "" : " AND " + keyColumn + " IN " + KEYS_OF_USER)
                + (query.key() == null ? "" : " AND " + keyColumn + " = " + KEY)
                + (query.model() == null ? "" : " AND model = ?")
                + (query.group() == null ? "" : " AND " + keyColumn + " IN " + KEYS_OF_GROUP);
    }

    /** True when the sums of everyone together have all that is asked for. */
    private boolean isOfEveryone() {
        return query.user() == null
                && query.key() == null
                && query.group() == null
                && !query.by().contains(By.GROUP)
                && !query.by().contains(By.USER)
                && !query.by().contains(By.KEY);
    }

    private static String slot(long day, String ofHour) {
        return day == OF_HOURS ? ofHour : Long.toString(day);
    }

    private String columns(Function<By, String> column) {
        return query.by().stream().map(column.andThen(name -> name + ", ")).collect(joining());
    }

    private static boolean isTime(By by) {
        return by == By.DAY || by == By.HOUR;
    }

    /** The column of a table; the group of its key comes later. */
    private static String partColumn(By by) {
        return by == By.GROUP ? "key_id AS group_key" : column(by);
    }

    private static String partGrouping(By by) {
        return by == By.GROUP ? "key_id" : column(by);
    }

    private static String column(By by) {
        return switch (by) {
            case GROUP -> "group_id";
            case USER -> "user_id";
            case KEY -> "key_id";
            case MODEL -> "model";
            case OPERATION -> "operation";
            case DAY, HOUR -> "slot";
        };
    }

    private static String name(By by) {
        return switch (by) {
            case GROUP -> "COALESCE(g.name, '')";
            case USER -> "u.name";
            case KEY -> "k.public_id";
            case MODEL, OPERATION, DAY, HOUR -> "x." + column(by);
        };
    }
}
