package dev.oaiproxy.proxy.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients that still send a body which has been refused. */
@Tag("fast")
final class ReadPhaseTest {
    private static final ConnectionLimits LIMITS =
            new ConnectionLimits(
                    10,
                    10,
                    10,
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(1),
                    1);

    private final ReadPhase phase = new ReadPhase();

    private @Nullable CutReason overdue(Duration all, Duration read) {
        phase.linger();
        return phase.overdue(LIMITS, phase.startNanos() + all.toNanos(), read.toNanos());
    }

    @Test
    void aClientThatPausesForASecondMayGoOnAndReadItsRefusal() {
        assertThat(overdue(Duration.ofSeconds(20), Duration.ofSeconds(1))).isNull();
    }

    @Test
    void aClientThatSendsNothingMoreIsCut() {
        assertThat(overdue(Duration.ofSeconds(4), Duration.ofSeconds(4)))
                .isEqualTo(CutReason.SLOW_BODY);
    }

    @Test
    void aClientThatNeverEndsIsCut() {
        assertThat(overdue(Duration.ofMinutes(1), Duration.ZERO)).isEqualTo(CutReason.SLOW_BODY);
    }
}
