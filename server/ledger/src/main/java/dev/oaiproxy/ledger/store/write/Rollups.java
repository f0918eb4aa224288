package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.store.sql.PreparedStatements;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.metering.money.Usd;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Sums by day at full grain and by hour for each user, kept in the transaction that charges, so
 * that reports never read the calls of whole days.
 */
public record Rollups(ZoneId zone) {
    private static final String ADD_TO_DAY =
            """
            UPDATE usage_by_day SET calls = calls + ?, input_tokens = input_tokens + ?,
                cached_tokens = cached_tokens + ?, output_tokens = output_tokens + ?,
                cost_nanos = cost_nanos + ?
            WHERE day = ? AND user_id = ? AND key_id = ? AND model = ? AND operation = ?
            """;

    private static final String NEW_DAY =
            """
            INSERT INTO usage_by_day (calls, input_tokens, cached_tokens, output_tokens, cost_nanos,
                day, user_id, key_id, model, operation)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String ADD_TO_HOUR =
            """
            UPDATE usage_by_hour SET calls = calls + ?, input_tokens = input_tokens + ?,
                cached_tokens = cached_tokens + ?, output_tokens = output_tokens + ?,
                cost_nanos = cost_nanos + ?
            WHERE hour = ? AND user_id = ?
            """;

    private static final String NEW_HOUR =
            """
            INSERT INTO usage_by_hour (calls, input_tokens, cached_tokens, output_tokens,
                cost_nanos, hour, user_id)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """;

    private static final long MILLIS_PER_HOUR = Duration.ofHours(1).toMillis();

    /** The day that a moment lies in, counted from 1970. */
    public long day(long millis) {
        return Instant.ofEpochMilli(millis).atZone(zone).toLocalDate().toEpochDay();
    }

    /** The first moment of a day. */
    public long startOfDay(long day) {
        return LocalDate.ofEpochDay(day).atStartOfDay(zone).toInstant().toEpochMilli();
    }

    public static boolean isFullHour(long millis) {
        return Math.floorMod(millis, MILLIS_PER_HOUR) == 0;
    }

    public static long hour(long millis) {
        return Math.floorDiv(millis, MILLIS_PER_HOUR);
    }

    /** The first day whose calls are all there; of earlier days only the roll-ups are left. */
    public long horizon(Tx tx) throws SQLException {
        return tx.number("SELECT day FROM horizon WHERE id = 1");
    }

    /** Adds a call, or a correction of it, to the unit of work. */
    public void add(UnitOfWork unitOfWork, OpenCall call, String model, Sums sums) {
        long booked = call.bookedMillis();
        Cell day = new Cell(day(booked), call.userId(), call.keyId(), model, call.operation());
        Cell hour = new Cell(hour(booked), call.userId(), 0, "", "");
        unitOfWork.sums().add(day, hour, sums);
    }

    /** The key of a row of a roll-up; the hourly one knows only slot and user. */
    public record Cell(long slot, long userId, long keyId, String model, String operation) {
        public static Cell read(ResultSet row) throws SQLException {
            return new Cell(
                    row.getLong("slot"),
                    row.getLong("user_id"),
                    row.getLong("key_id"),
                    row.getString("model"),
                    row.getString("operation"));
        }

        private List<Object> ofDay() {
            return List.of(slot, userId, keyId, model, operation);
        }

        private List<Object> ofHour() {
            return List.of(slot, userId);
        }
    }

    /** The figures of a row of a roll-up. */
    public record Sums(long calls, long input, long cached, long output, long costNanos) {
        public static final Sums NONE = new Sums(0, 0, 0, 0, 0);

        public static Sums read(ResultSet row) throws SQLException {
            return new Sums(
                    row.getLong("calls"),
                    row.getLong("input_tokens"),
                    row.getLong("cached_tokens"),
                    row.getLong("output_tokens"),
                    row.getLong("cost_nanos"));
        }

        public Sums plus(Sums other) {
            return new Sums(
                    calls + other.calls,
                    input + other.input,
                    cached + other.cached,
                    output + other.output,
                    Math.addExact(costNanos, other.costNanos));
        }

        @Override
        public String toString() {
            return calls
                    + " calls, "
                    + input
                    + " in, "
                    + cached
                    + " cached, "
                    + output
                    + " out, "
                    + Usd.ofNanos(costNanos)
                    + " USD";
        }
    }

    /** The pending additions, one for each row. */
    static final class RollupDelta {
        private final Map<Cell, Sums> days = new LinkedHashMap<>();
        private final Map<Cell, Sums> hours = new LinkedHashMap<>();

        void add(Cell day, Cell hour, Sums sums) {
            days.merge(day, sums, Sums::plus);
            hours.merge(hour, sums, Sums::plus);
        }

        void write(PreparedStatements preparedStatements) throws SQLException {
            upsert(preparedStatements, ADD_TO_DAY, NEW_DAY, rows(days, Cell::ofDay));
            upsert(preparedStatements, ADD_TO_HOUR, NEW_HOUR, rows(hours, Cell::ofHour));
            clear();
        }

        void clear() {
            days.clear();
            hours.clear();
        }

        boolean isEmpty() {
            return days.isEmpty() && hours.isEmpty();
        }

        private static List<Object[]> rows(Map<Cell, Sums> all, Function<Cell, List<Object>> key) {
            List<Object[]> rows = new ArrayList<>();
            all.forEach(
                    (cell, sums) -> {
                        List<Object> row =
                                new ArrayList<>(
                                        List.of(
                                                sums.calls,
                                                sums.input,
                                                sums.cached,
                                                sums.output,
                                                sums.costNanos));
                        row.addAll(key.apply(cell));
                        rows.add(row.toArray());
                    });
            return rows;
        }

        private static void upsert(
                PreparedStatements preparedStatements,
                String update,
                String insert,
                List<Object[]> rows)
                throws SQLException {
            int[] counts = preparedStatements.batch(update, rows);
            List<Object[]> missing = new ArrayList<>();
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] == 0) {
                    missing.add(rows.get(i));
                } else if (counts[i] != 1) {
                    throw new IllegalStateException("unknown whether the row exists");
                }
            }
            preparedStatements.batch(insert, missing);
        }
    }
}
