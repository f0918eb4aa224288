package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.oaiproxy.cli.command.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every command line of the README is one that the program takes. */
class ReadmeTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\w*\\n(.*?)^```$");
    private static final Pattern COMMAND =
            Pattern.compile("(?m)^(?:\\$ )?(?:[A-Z_]+=\\S+ )*\\./oaiproxy ?(.*)$");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    static List<String> commands() throws IOException {
        String readme = Files.readString(Path.of("../README.md"));
        return BLOCK.matcher(readme)
                .results()
                .map(block -> block.group(1))
                .flatMap(block -> COMMAND.matcher(block).results())
                .map(command -> command.group(1))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void commandLineOfTheReadmeIsTaken(String command) {
        String[] words =
                WORD.matcher(command).results().map(ReadmeTest::word).toArray(String[]::new);
        CommandLine line = Commands.of(new Run(Path.of("")).shell());

        assertThatCode(() -> line.parseArgs(Commands.spelled(words)))
                .as(command)
                .doesNotThrowAnyException();
    }

    @Test
    void readmeShowsTheMainCommands() throws IOException {
        assertThat(commands())
                .contains("demo", "serve", "setup", "key create --user bob --quota 5", "audit")
                .hasSizeGreaterThan(20);
    }

    private static String word(MatchResult word) {
        return word.group(1) == null ? word.group(2) : word.group(1);
    }
}
