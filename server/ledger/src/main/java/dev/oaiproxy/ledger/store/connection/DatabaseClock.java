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
 * A clock that goes with the database's, so that nodes agree on the minute, the day and the order
 * of their calls. It is put right by no more than has been proved: a reading says between which
 * bounds the difference lies, for it takes a while.
 */
public final class DatabaseClock implements InstantSource {
    private static final Logger LOG = System.getLogger(DatabaseClock.class.getName());

    /** Beyond this an operator should look after the machine's clock. */
    private static final long MOST_MILLIS = 1_000;

    private final InstantSource clock;
    private final Dialect dialect;
    private volatile long aheadMillis;

    /**
     * @param clock what is compared with the database's, and put right
     */
    public DatabaseClock(InstantSource clock, Dialect dialect) {
        this.clock = clock;
        this.dialect = dialect;
    }

    /**
     * The database's moment, and by how much it can be ahead of the machine's.
     *
     * @param least in milliseconds, as all of them
     */
    public record Reading(long now, long least, long most) {}

    @Override
    public Instant instant() {
        return clock.instant().plusMillis(aheadMillis);
    }

    /** Asks the database. Both clocks are cut to milliseconds, hence one more each way. */
    public Reading read(Tx tx) throws SQLException {
        long before = clock.millis();
        long now = tx.number(dialect.now());
        return new Reading(now, now - clock.millis() - 1, now - before + 1);
    }

    /** By how much the database would be ahead with a reading. */
    public Duration ahead(Reading reading) {
        long least = Math.min(reading.least(), reading.most());
        return Duration.ofMillis(Math.clamp(aheadMillis, least, reading.most()));
    }

    /** Goes by a reading from now on. */
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
