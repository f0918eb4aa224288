package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.oaiproxy.cli.command.Commands;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every command line in the documents is valid. */
class DocumentedCommandsTest {
    private static final Pattern COMMAND =
            Pattern.compile("(?m)^(?:\\$ )?(?:[A-Z_]+=\\S+ )*\\./oaiproxy ?(.*)$");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    static List<String> commands() throws IOException {
        return DocumentPages.all().stream().flatMap(DocumentedCommandsTest::commands).toList();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void commandLineOfAPageIsTaken(String command) {
        String[] words =
                WORD.matcher(command)
                        .results()
                        .map(DocumentedCommandsTest::word)
                        .toArray(String[]::new);
        CommandLine line = Commands.of(new CommandRun(Path.of("")).context());

        assertThatCode(() -> line.parseArgs(Commands.spelled(words)))
                .as(command)
                .doesNotThrowAnyException();
    }

    @Test
    void readmeShowsTheFirstSteps() {
        assertThat(commands(DocumentPages.TOP.resolve("README.md")))
                .contains("demo", "serve", "setup", "key create --user bob --quota 5");
    }

    @Test
    void pagesShowTheMainCommands() throws IOException {
        assertThat(commands()).contains("audit", "doctor", "prices check").hasSizeGreaterThan(30);
    }

    private static Stream<String> commands(Path page) {
        return DocumentPages.blocks(page)
                .flatMap(block -> COMMAND.matcher(block).results())
                .map(command -> command.group(1));
    }

    private static String word(MatchResult word) {
        return word.group(1) == null ? word.group(2) : word.group(1);
    }
}
