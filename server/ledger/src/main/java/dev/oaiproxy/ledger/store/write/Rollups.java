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
import java.util.function.BiFunction;

/**
 * Sums by day and by hour, kept in the transaction that charges, so that reports read no calls but
 * those of the hours at both ends.
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
                cost_nanos = cost_nanos + ?, held_nanos = held_nanos + ?
            WHERE hour = ? AND user_id = ? AND key_id = ? AND model = ? AND operation = ?
            """;

    private static final String NEW_HOUR =
            """
            INSERT INTO usage_by_hour (calls, input_tokens, cached_tokens, output_tokens,
                cost_nanos, held_nanos, hour, user_id, key_id, model, operation)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String MERGE =
            """
            ON CONFLICT (SLOT, user_id, key_id, model, operation) DO UPDATE SET
                calls = TABLE.calls + EXCLUDED.calls,
                input_tokens = TABLE.input_tokens + EXCLUDED.input_tokens,
                cached_tokens = TABLE.cached_tokens + EXCLUDED.cached_tokens,
                output_tokens = TABLE.output_tokens + EXCLUDED.output_tokens,
                cost_nanos = TABLE.cost_nanos + EXCLUDED.cost_nanos""";

    private static final String MERGE_DAY = NEW_DAY + merge("usage_by_day", "day");

    private static final String MERGE_HOUR =
            NEW_HOUR
                    + merge("usage_by_hour", "hour")
                    + ", held_nanos = usage_by_hour.held_nanos + EXCLUDED.held_nanos";

    private static String merge(String table, String slot) {
        return MERGE.replace("TABLE", table).replace("SLOT", slot);
    }

    public static final long MILLIS_PER_HOUR = Duration.ofHours(1).toMillis();

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

    /** The first hour of the sums by hour; those of earlier ones are not complete. */
    public long firstHour(Tx tx) throws SQLException {
        return tx.number("SELECT first_hour FROM horizon WHERE id = 1");
    }

    /** Adds a call, or a correction of it, to the unit of work. */
    public void add(UnitOfWork unitOfWork, OpenCall call, String model, Sums sums) {
        long booked = call.bookedMillis();
        Cell day = new Cell(day(booked), call.userId(), call.keyId(), model, call.operation());
        unitOfWork.sums().add(day, day.at(hour(booked)), sums);
    }

    /** The key of a row of a roll-up. By hour, user 0 and key 0 are everyone together. */
    public record Cell(long slot, long userId, long keyId, String model, String operation) {
        public static Cell read(ResultSet row) throws SQLException {
            return new Cell(
                    row.getLong("slot"),
                    row.getLong("user_id"),
                    row.getLong("key_id"),
                    row.getString("model"),
                    row.getString("operation"));
        }

        /** The same in another slot. */
        public Cell at(long other) {
            return new Cell(other, userId, keyId, model, operation);
        }

        /** The same of everyone together. */
        public Cell ofEveryone() {
            return new Cell(slot, 0, 0, model, operation);
        }
    }

    /** The figures of a row of a roll-up; by day there are no holds. */
    public record Sums(
            long calls, long input, long cached, long output, long costNanos, long heldNanos) {
        public static final Sums NONE = new Sums(0, 0, 0, 0, 0, 0);

        public static Sums read(ResultSet row) throws SQLException {
            return new Sums(
                    row.getLong("calls"),
                    row.getLong("input_tokens"),
                    row.getLong("cached_tokens"),
                    row.getLong("output_tokens"),
                    row.getLong("cost_nanos"),
                    row.getLong("held_nanos"));
        }

        public Sums plus(Sums other) {
            return new Sums(
                    calls + other.calls,
                    input + other.input,
                    cached + other.cached,
                    output + other.output,
                    Math.addExact(costNanos, other.costNanos),
                    Math.addExact(heldNanos, other.heldNanos));
        }

        /** The figures that the sums by day have. */
        public Sums withoutHolds() {
            return new Sums(calls, input, cached, output, costNanos, 0);
        }

        private Object[] ofDay(Cell cell) {
            return new Object[] {
                calls,
                input,
                cached,
                output,
                costNanos,
                cell.slot,
                cell.userId,
                cell.keyId,
                cell.model,
                cell.operation
            };
        }

        private Object[] ofHour(Cell cell) {
            return new Object[] {
                calls,
                input,
                cached,
                output,
                costNanos,
                heldNanos,
                cell.slot,
                cell.userId,
                cell.keyId,
                cell.model,
                cell.operation
            };
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
                    + " USD"
                    + (heldNanos == 0 ? "" : ", " + Usd.ofNanos(heldNanos) + " USD held");
        }
    }

    /** The pending additions, one for each row. */
    static final class RollupDelta {
        private final Map<Cell, Sums> days = new LinkedHashMap<>();
        private final Map<Cell, Sums> hours = new LinkedHashMap<>();

        void add(Cell day, Cell hour, Sums sums) {
            days.merge(day, sums, Sums::plus);
            hours.merge(hour, sums, Sums::plus);
            hours.merge(hour.ofEveryone(), sums, Sums::plus);
        }

        /** The additions as statements that make a row or add to it. */
        List<PreparedStatements.Change> merges() {
            return List.of(
                    new PreparedStatements.Change(MERGE_DAY, rows(days, Sums::ofDay)),
                    new PreparedStatements.Change(MERGE_HOUR, rows(hours, Sums::ofHour)));
        }

        /** Writes the additions by statements that all databases share. */
        void write(PreparedStatements preparedStatements) throws SQLException {
            upsert(preparedStatements, ADD_TO_DAY, NEW_DAY, rows(days, Sums::ofDay));
            upsert(preparedStatements, ADD_TO_HOUR, NEW_HOUR, rows(hours, Sums::ofHour));
            clear();
        }

        void clear() {
            days.clear();
            hours.clear();
        }

        boolean isEmpty() {
            return days.isEmpty() && hours.isEmpty();
        }

        private static List<Object[]> rows(
                Map<Cell, Sums> all, BiFunction<Sums, Cell, Object[]> row) {
            List<Object[]> rows = new ArrayList<>();
            all.forEach((cell, sums) -> rows.add(row.apply(sums, cell)));
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
