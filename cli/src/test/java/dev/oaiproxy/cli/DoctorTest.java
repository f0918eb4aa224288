package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.OfflineTools;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorTest {
    @TempDir Path folder;

    /** Tools with prepared findings, which record the calls. */
    private static final class Listed extends FakeOfflineTools {
        private final List<CheckResult> findings;
        private final List<Object> asked = new ArrayList<>();

        Listed(CheckOutcome... outcomes) {
            this.findings =
                    List.of(outcomes).stream().map(one -> new CheckResult("disk", one)).toList();
        }

        @Override
        public List<CheckResult> examine(
                Map<String, String> settings, CheckScope scope, InstantSource clock) {
            asked.addAll(List.of(settings, scope == CheckScope.WITH_OPENAI, clock.instant()));
            return findings;
        }
    }

    @Test
    void warningsAreNoFailure() {
        CommandRun run =
                new CommandRun(folder)
                        .atTerminal()
                        .with(
                                new Listed(
                                        new OfflineTools.CheckOutcome.Ok("much"),
                                        new OfflineTools.CheckOutcome.Warn("little", "make room")));
        assertThat(run.run("doctor")).isZero();
        assertThat(run.out())
                .isEqualTo(
                        """
                        STATE  CHECK  FOUND
                        ok     disk   much
                        warn   disk   little; make room
                        """);
        assertThat(run.err()).isEqualTo("no check failed; 1 of 2 gave a warning\n");
    }

    @Test
    void oneFailureIsEnough() {
        CommandRun run =
                new CommandRun(folder)
                        .with(new Listed(new OfflineTools.CheckOutcome.Fail("none", "make room")));
        assertThat(run.run("doctor", "--format", "json")).isEqualTo(1);
        assertThat(run.out())
                .isEqualTo(
                        "[{\"state\":\"FAIL\",\"check\":\"disk\",\"found\":\"none\","
                                + "\"advice\":\"make room\"}]\n");
        assertThat(run.err()).contains("1 of 1 checks FAILED");
    }

    @Test
    void looksWhereServeWould() {
        Listed listed = new Listed();
        CommandRun run = new CommandRun(folder).with(listed);
        assertThat(run.run("doctor", "--home", "there", "--port", "80", "--upstream")).isZero();
        assertThat(listed.asked)
                .containsExactly(
                        Map.of("home", "there", "server.port", "80"), true, CommandRun.NOW);
    }

    @Test
    void saysThatItNeedsTheServersCode() {
        CommandRun run = new CommandRun(folder);
        assertThat(run.run("doctor")).isEqualTo(1);
        assertThat(run.err()).contains("the server is not part of this installation");
    }
}
