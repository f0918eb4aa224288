package dev.oaiproxy.ledger.store.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.store.OnEveryDialect;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.connection.DatabaseClock.Reading;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clock that nodes have in common. */
@OnEveryDialect
final class DatabaseClockTest {
    private final TestDatabase kind;
    @TempDir Path folder;

    DatabaseClockTest(TestDatabase kind) {
        this.kind = kind;
    }

    @Test
    void aMachineWhoseClockIsRightIsLeftAlone() throws Exception {
        DatabaseClock clock = clock(InstantSource.system());
        Reading reading = read(clock);
        assertThat(reading.least()).isNotPositive();
        assertThat(reading.most()).isNotNegative();
        assertThat(clock.ahead(reading)).isZero();
    }

    @Test
    void aMachineWhoseClockIsWrongIsPutRight() throws Exception {
        for (Duration wrong : new Duration[] {Duration.ofHours(-3), Duration.ofMinutes(5)}) {
            InstantSource machine = java.time.Clock.offset(java.time.Clock.systemUTC(), wrong);
            DatabaseClock clock = clock(machine);
            Reading reading = read(clock);
            assertThat(reading.most() - reading.least()).isLessThan(5_000);
            assertThat(clock.instant())
                    .isBetween(Instant.now().minusSeconds(5), Instant.now().plusSeconds(5));
        }
    }

    private DatabaseClock clock(InstantSource clock) {
        return new DatabaseClock(clock, kind.fresh(folder).dialect());
    }

    private Reading read(DatabaseClock clock) throws Exception {
        try (Tx tx = Tx.alone(kind.fresh(folder), Duration.ofSeconds(5))) {
            Reading reading = clock.read(tx);
            clock.follow(reading);
            return reading;
        }
    }
}
