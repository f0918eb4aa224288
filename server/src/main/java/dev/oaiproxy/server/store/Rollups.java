package dev.oaiproxy.server.store;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * Sums by day at full grain and by hour for each user, kept in the transaction that charges, so
 * that reports never read the calls of whole days.
 */
final class Rollups {
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

    private final ZoneId zone;

    Rollups(ZoneId zone) {
        this.zone = zone;
    }

    /** The day that a moment lies in, counted from 1970. */
    long day(long millis) {
        return Instant.ofEpochMilli(millis).atZone(zone).toLocalDate().toEpochDay();
    }

    /** The first moment of a day. */
    long startOfDay(long day) {
        return LocalDate.ofEpochDay(day).atStartOfDay(zone).toInstant().toEpochMilli();
    }

    static boolean isFullHour(long millis) {
        return Math.floorMod(millis, MILLIS_PER_HOUR) == 0;
    }

    static long hour(long millis) {
        return Math.floorDiv(millis, MILLIS_PER_HOUR);
    }

    /** The first day of which all calls are there; of those before, only the roll-ups are. */
    long horizon(Tx tx) throws SQLException {
        return tx.number("SELECT day FROM horizon WHERE id = 1");
    }

    void add(Tx tx, RollupRow row) throws SQLException {
        Object[] byDay = {
            row.calls(), row.inputTokens(), row.cachedTokens(), row.outputTokens(),
            row.costNanos(), day(row.bookedMillis()), row.userId(), row.keyId(),
            row.model(), row.operation()
        };
        upsert(tx, ADD_TO_DAY, NEW_DAY, byDay);
        Object[] byHour = {
            row.calls(),
            row.inputTokens(),
            row.cachedTokens(),
            row.outputTokens(),
            row.costNanos(),
            hour(row.bookedMillis()),
            row.userId()
        };
        upsert(tx, ADD_TO_HOUR, NEW_HOUR, byHour);
    }

    private static void upsert(Tx tx, String update, String insert, Object[] arguments)
            throws SQLException {
        if (tx.update(update, arguments) == 0) {
            tx.update(insert, arguments);
        }
    }
}
