package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.cli.command.Commands;
import dev.oaiproxy.cli.command.common.CommandContext;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {
    static Stream<CommandLine> commands() {
        return all(Commands.of(context()));
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

    /** The help of partly built commands equals the help of all commands. */
    @ParameterizedTest
    @MethodSource("commands")
    void isTheSameWithoutTheOtherCommands(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        String[] words = name.split(" ");
        String[] arguments = Arrays.copyOf(words, words.length);
        System.arraycopy(words, 1, arguments, 0, words.length - 1);
        arguments[words.length - 1] = "--help";

        CommandLine alone = Commands.forArguments(context(), arguments);
        for (int i = 1; i < words.length; i++) {
            alone = Objects.requireNonNull(alone.getSubcommands().get(words[i]));
        }

        assertThat(alone.getUsageMessage()).isEqualTo(command.getUsageMessage());
    }

    @Test
    void readsHelpAsAnOption() {
        assertThat(Commands.spelled(new String[] {"help"})).containsExactly("--help");
        assertThat(Commands.spelled(new String[] {"help", "key", "create"}))
                .containsExactly("key", "create", "--help");
    }

    @Test
    void buildsTheNamedCommandOnly() {
        CommandLine line = Commands.forArguments(context(), "status", "--format", "json");

        assertThat(line.getSubcommands()).containsOnlyKeys("status");
    }

    @Test
    void buildsAllCommandsForAnUnknownOne() {
        CommandLine line = Commands.forArguments(context(), "statsu");

        assertThat(line.getSubcommands())
                .containsOnlyKeys(Commands.of(context()).getSubcommands().keySet());
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

    private static CommandContext context() {
        return new CommandRun(Path.of("")).context();
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
