package dev.oaiproxy.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.app.boot.ClockCheck;
import dev.oaiproxy.app.config.ConfigException;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A start with a wrong system clock. */
@Tag("server")
@Timeout(120)
final class ClockCheckTest {
    private static final Instant NEVER = Instant.EPOCH;

    @TempDir Path home;

    @Test
    void refusesAnotherAge() {
        assertThatThrownBy(() -> ClockCheck.require(Instant.EPOCH, NEVER))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the clock says 1970-01-01T00:00:00Z")
                .hasMessageContaining("timedatectl");
        assertThatThrownBy(() -> ClockCheck.require(Instant.parse("2099-01-01T00:00:00Z"), NEVER))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void takesALedgerThatIsOlderOrALittleAhead() {
        Instant now = Instant.parse("2027-05-01T00:00:00Z");
        ClockCheck.require(now, NEVER);
        ClockCheck.require(now, now.plus(ClockCheck.MOST_BEHIND));
        assertThatThrownBy(
                        () ->
                                ClockCheck.require(
                                        now, now.plus(ClockCheck.MOST_BEHIND).plusMillis(1)))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void refusesToGoOnBeforeTheNewestCallUnlessToldTo() {
        try (ServerFixture site = ServerFixture.in(home)) {
            var bob = site.operator().createKey("bob", "5");
            site.sdk(bob.secret()).chat().completions().create(SampleRequests.chat("hello"));
            site.clock().advance(Duration.ofHours(-2));
            assertThatThrownBy(site::restart)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("a call on the ledger is from")
                    .hasMessageContaining("OAIPROXY_LEDGER_CLOCK=trust");
            site.restart(Map.of("OAIPROXY_LEDGER_CLOCK", "trust"));
            assertThat(site.operator().status().state()).isEqualTo("ready");
        }
    }
}
