package dev.oaiproxy.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.cli.output.Display;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it looks for children of the process")
class DemoTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void tellsTheWholeStoryWithRealProcessesAndStopsThem() {
        demo("").run(Demo.Afterwards.STOP);

        assertThat(text(out))
                .contains("3. a key for alice", "It passes on.", "piece piece")
                .contains("call 2: ", "HTTP 429", "insufficient_quota")
                .contains("the books balance", "oaiproxy setup")
                .doesNotContain("sk-k1");
        assertThat(text(err)).isEmpty();
        assertNothingRuns();
    }

    @Test
    void failsWithTheLastWordsOfAServerThatDoesNotStart() {
        Demo demo = demo("fail");

        assertThatThrownBy(() -> demo.run(Demo.Afterwards.STOP))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("serve");
        assertThat(text(err)).contains("the port is on fire");
        assertNothingRuns();
    }

    @Test
    void keepsSettingsOfTheRealWorldFromItsProcesses() {
        var environment = Map.of("DB_NAME", "books", "OPENAI_API_KEY", "sk-real", "PATH", "/bin");

        assertThat(ProgramLauncher.again(environment).environment())
                .isEqualTo(Map.of("PATH", "/bin"));
    }

    private Demo demo(String word) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                FakeProcess.class.getName()));
        if (!word.isEmpty()) {
            command.add(word);
        }
        var terminal =
                new Terminal(
                        stream(out),
                        stream(err),
                        false,
                        false,
                        Optional.empty(),
                        Display.usual(ZoneOffset.UTC));
        return new Demo(terminal, new ProgramLauncher(command, Map.of()));
    }

    private static void assertNothingRuns() {
        assertThat(ProcessHandle.current().children()).noneMatch(ProcessHandle::isAlive);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
