package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.cli.command.Commands;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {
    static Stream<CommandLine> commands() {
        return all(Commands.of(new CommandRun(Path.of("")).context()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void hasADescriptionAndTwoExamples(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        String help = command.getUsageMessage();

        assertThat(help).as(name).contains("Usage: " + name);
        assertThat(command.getCommandSpec().usageMessage().description()).as(name).isNotEmpty();
        assertThat(examples(command)).as(name).hasSizeGreaterThanOrEqualTo(2);
        assertThat(help).contains("Examples:").contains("--help");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void describesEveryOption(CommandLine command) {
        assertThat(command.getCommandSpec().options())
                .allSatisfy(option -> assertThat(option.description()).isNotEmpty());
    }

    @Test
    void takesBothSpellingsButLeavesValues() {
        String[] args = {
            "setup", "--db_type=my_sql", "-p", "a_b", "--proxy_server_user", "--", "--a_b"
        };

        assertThat(Commands.spelled(args))
                .containsExactly(
                        "setup",
                        "--db-type=my_sql",
                        "-p",
                        "a_b",
                        "--proxy-server-user",
                        "--",
                        "--a_b");
    }

    private static Stream<String> examples(CommandLine command) {
        return Arrays.stream(command.getCommandSpec().usageMessage().footer())
                .filter(line -> line.contains("oaiproxy "));
    }

    private static Stream<CommandLine> all(CommandLine line) {
        return Stream.concat(
                Stream.of(line), line.getSubcommands().values().stream().flatMap(HelpTest::all));
    }
}
