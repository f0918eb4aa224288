package dev.oaiproxy.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.FakeServer;
import dev.oaiproxy.cli.SampleAnswers;
import dev.oaiproxy.cli.terminal.TerminalRun.Program;
import dev.oaiproxy.cli.terminal.TerminalRun.TerminalOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Lists on a terminal of 80 columns and in a pipe. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
final class TablesOnTerminalTest {
    private static final String LONG =
            "a-student-with-a-name-of-sixty-four-characters-as-long-as-it-gets";

    @TempDir private Path folder;
    private final FakeServer server = new FakeServer();
    private Program program = new Program(Path.of(""), "", Map.of());

    @BeforeEach
    void install() throws IOException {
        program = Installation.in(folder, server);
        server.on("GET /admin/v1/keys", new Page<>(keys(), null));
        server.on("GET /admin/v1/calls", new Page<>(List.of(call()), null));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aThousandKeysFitIntoEightyColumns() {
        TerminalOutput shown = program.run("key", "list");

        assertThat(shown.code()).isZero();
        assertThat(shown.widest()).isLessThanOrEqualTo(80);
        assertThat(shown.text())
                .startsWith("\u001b[1mID ")
                .contains("3.7499")
                .doesNotContain("3.749875");
        assertThat(shown.plain().lines()).hasSize(1_002);
        assertThat(shown.plain()).contains("key0000000 ", "a-student-with-a-na\u2026  ", "--wide");
    }

    @Test
    void aCallFitsWithItsMainFacts() {
        TerminalOutput shown =
                program.with("NO_COLOR", "1").with("TZ", "Europe/Berlin").run("calls");

        assertThat(shown.widest()).isLessThanOrEqualTo(80);
        assertThat(shown.text())
                .isEqualTo(
                        """
                        ID             AT                USER  MODEL        STATE    COST USD
                        0amevq2sw0000  2026-11-01 01:00  bob   gpt-4o-mini  charged   <0.0001
                        not shown: key, operation, in tokens, out tokens (--wide shows all)
                        """);
    }

    @Test
    void aWideTerminalAndWideShowAll() {
        try (TerminalRun wide = program.on(150, "calls")) {
            assertThat(wide.end().plain()).contains("chat/completions", "OUT TOKENS");
        }
        assertThat(program.run("calls", "--wide").plain())
                .contains("2026-11-01T00:00:00.000Z", "0.0000108", "chat/completions");
    }

    @Test
    void aPipeGetsEveryColumnExactly() {
        TerminalOutput piped = program.pipe("calls");

        assertThat(piped.code()).isZero();
        assertThat(piped.text())
                .isEqualTo(
                        "0amevq2sw0000\t2026-11-01T00:00:00.000Z\tbob\tk1\tchat/completions"
                                + "\tgpt-4o-mini\tcharged\t12\t34\t0.0000108\n");
        assertThat(program.pipe("key", "list").text().lines())
                .hasSize(1_000)
                .allMatch(line -> line.contains("\t" + LONG + "\t"));
    }

    private static AdminApi.Call call() {
        return SampleAnswers.call("0amevq2sw0000", "charged", "0.0000108");
    }

    private static List<AdminApi.Key> keys() {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> SampleAnswers.key("key%07d".formatted(i), LONG))
                .toList();
    }
}
