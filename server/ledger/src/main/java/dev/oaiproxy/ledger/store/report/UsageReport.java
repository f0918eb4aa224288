package dev.oaiproxy.ledger.store.report;

import dev.oaiproxy.ledger.ledger.UsageGroup;
import dev.oaiproxy.ledger.ledger.UsageQuery;
import dev.oaiproxy.ledger.ledger.UsageQuery.By;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.DbQueries;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.Rollups;
import dev.oaiproxy.metering.money.Usd;
import io.helidon.dbclient.DbRow;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * Sums of usage, exact to the millisecond: whole days and hours come from the roll-ups, what is
 * left of an hour from the calls. A day whose calls are deleted counts as a whole.
 */
public record UsageReport(ReaderThreads readerThreads, Rollups rollups) {
    private static final long WAIT_MILLIS = 60_000;

    /** The most groups of a report, which are in memory together. */
    private static final int MOST_GROUPS = 50_000;

    private static final String NARROWER =
            "ask for a shorter time, or for one user, group, key or model";

    private static final String NEWEST = "SELECT MAX(booked_ms) FROM calls";

    /**
     * The groups, in the order of their grouping columns.
     *
     * @throws IllegalArgumentException when there are too many
     * @throws StoreException when it takes too long; the message says what to do
     */
    public List<UsageGroup> groups(UsageQuery query) {
        List<UsageGroup> groups = read(query);
        if (groups.size() > MOST_GROUPS) {
            throw new IllegalArgumentException(
                    "the report would have more than " + MOST_GROUPS + " rows; " + NARROWER);
        }
        return groups;
    }

    private List<UsageGroup> read(UsageQuery query) {
        try {
            return readerThreads.read(
                    tx -> {
                        UsageStatement statement = statement(tx, query, MOST_GROUPS + 1);
                        return tx.query(
                                statement.sql(), row -> group(row, query), statement.values());
                    },
                    WAIT_MILLIS);
        } catch (StoreException e) {
            throw e.getCause() instanceof TimeoutException
                    ? StoreException.told("the report takes longer than a minute; " + NARROWER, e)
                    : e;
        }
    }

    /**
     * The statement of a report.
     *
     * @param limit the most groups
     */
    UsageStatement statement(Tx tx, UsageQuery query, int limit) throws SQLException {
        UsageStatement statement = new UsageStatement(query, limit);
        long since = query.since().toEpochMilli();
        long until = query.until().toEpochMilli();
        long horizon = rollups.startOfDay(rollups.horizon(tx));
        if (since < horizon) {
            since = startOfDay(since, 0);
        }
        boolean isHourly = query.holds() || query.by().contains(By.HOUR);
        if (until < horizon) {
            until = startOfDay(until - 1, 1);
        } else if (until > tx.number(NEWEST)) {
            // Beyond the newest call there is nothing, so its day or hour counts as a whole.
            until = isHourly ? startOfNextHour(until) : startOfDay(until - 1, 1);
        }
        HourSplit hours = new HourSplit(statement, rollups.firstHour(tx));
        if (isHourly) {
            hours.add(UsageStatement.OF_HOURS, since, until);
        } else {
            addDays(statement, hours, since, until);
        }
        return statement;
    }

    private void addDays(UsageStatement statement, HourSplit hours, long since, long until) {
        long firstDay = rollups.day(since - 1) + 1;
        long lastDay = Math.max(firstDay, rollups.day(until));
        long firstWhole = Math.min(rollups.startOfDay(firstDay), until);
        long lastWhole = Math.max(firstWhole, rollups.startOfDay(lastDay));
        hours.add(rollups.day(since), since, firstWhole);
        statement.addDays(firstDay, lastDay);
        hours.add(rollups.day(until), lastWhole, until);
    }

    private long startOfDay(long millis, int daysLater) {
        return rollups.startOfDay(rollups.day(millis) + daysLater);
    }

    private static long startOfNextHour(long millis) {
        return (Rollups.hour(millis - 1) + 1) * Rollups.MILLIS_PER_HOUR;
    }

    /**
     * Splits a time into whole hours, which come from the roll-up, and what is left at both ends.
     *
     * @param firstHour the first one in the roll-up
     */
    private record HourSplit(UsageStatement statement, long firstHour) {
        /**
         * @param day the day that it lies in, or {@link UsageStatement#OF_HOURS}
         */
        void add(long day, long since, long until) {
            long first = Math.max(Rollups.hour(since - 1) + 1, firstHour);
            long last = Rollups.hour(until);
            if (first < last) {
                statement.addCalls(day, since, first * Rollups.MILLIS_PER_HOUR);
                statement.addHours(day, first, last);
                statement.addCalls(day, last * Rollups.MILLIS_PER_HOUR, until);
            } else {
                statement.addCalls(day, since, until);
            }
        }
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
            case GROUP, USER, KEY, MODEL, OPERATION -> value;
            case DAY -> LocalDate.ofEpochDay(Long.parseLong(value)).toString();
            case HOUR -> Instant.ofEpochMilli(Long.parseLong(value)).toString();
        };
    }
}
