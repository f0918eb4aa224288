package dev.oaiproxy.ledger.store.connection;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.ledger.store.sql.Dialect;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.lang.System.Logger;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock that follows the database's, so that nodes agree on the minute, the day and the order of
 * their calls. A reading takes a while, so it only bounds the difference; the clock is corrected by
 * no more than that proves.
 */
public final class DatabaseClock implements InstantSource {
    private static final Logger LOG = System.getLogger(DatabaseClock.class.getName());

    /** A larger difference means that this machine's clock is wrong. */
    private static final long MOST_MILLIS = 1_000;

    private final InstantSource clock;
    private final Dialect dialect;
    private volatile long aheadMillis;

    /**
     * @param clock the machine's clock
     */
    public DatabaseClock(InstantSource clock, Dialect dialect) {
        this.clock = clock;
        this.dialect = dialect;
    }

    /**
     * The database's time, and bounds of its lead over the machine's clock.
     *
     * @param least in milliseconds, as all of them
     */
    public record Reading(long now, long least, long most) {}

    @Override
    public Instant instant() {
        return clock.instant().plusMillis(aheadMillis);
    }

    /**
     * Reads the database's clock. Both clocks are cut to milliseconds, so the bounds are one wider
     * each way.
     */
    public Reading read(Tx tx) throws SQLException {
        long before = clock.millis();
        long now = tx.number(dialect.now());
        return new Reading(now, now - clock.millis() - 1, now - before + 1);
    }

    /** The lead of the database's clock after a reading. */
    public Duration ahead(Reading reading) {
        long least = Math.min(reading.least(), reading.most());
        return Duration.ofMillis(Math.clamp(aheadMillis, least, reading.most()));
    }

    /** Follows a reading from now on. */
    public void follow(Reading reading) {
        long before = aheadMillis;
        aheadMillis = ahead(reading).toMillis();
        if (Math.abs(aheadMillis) > MOST_MILLIS && Math.abs(before) <= MOST_MILLIS) {
            Alarms.raise(
                    LOG,
                    "clock_skew",
                    "database_ahead_ms={0}: this machine''s clock is wrong",
                    Long.toString(aheadMillis));
        }
    }
}
