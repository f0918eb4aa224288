package dev.oaiproxy.cli.completion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.cli.CommandRun;
import dev.oaiproxy.cli.command.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionsTest {
    private static final Path FOLDER = Path.of("..", "completions");

    @ParameterizedTest
    @CsvSource({"bash,oaiproxy.bash", "zsh,_oaiproxy", "fish,oaiproxy.fish"})
    void areWhatTheirGeneratorMakes(String shell, String file) throws IOException {
        Path path = FOLDER.resolve(file);

        assertThat(Files.readString(path))
                .withFailMessage(
                        "completions/%s is old; at the top of the repository run:%n"
                                + "  ./oaiproxy completion %s > completions/%s",
                        file, shell, file)
                .isEqualTo(script(shell));
    }

    @ParameterizedTest
    @CsvSource({"bash", "zsh", "fish"})
    void areWhatTheCommandPrints(String shell) {
        CommandRun run = new CommandRun(FOLDER);

        assertThat(run.run("completion", shell)).isZero();
        assertThat(run.out()).isEqualTo(script(shell));
    }

    private static String script(String shell) {
        var line = Commands.of(new CommandRun(FOLDER).context());
        return switch (shell) {
            case "bash" -> CompletionScripts.bash(line);
            case "zsh" -> CompletionScripts.zsh(line);
            default -> CompletionScripts.fish(line);
        };
    }
}
