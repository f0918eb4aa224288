package dev.oaiproxy.cli.command;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Shows the help of a command. {@link Commands#spelled} reads {@code help X} as {@code X --help},
 * so that only that command is loaded.
 */
@Command(
        name = "help",
        description = "Show the help of a command.",
        footer = {"  oaiproxy help key create", "  oaiproxy key create --help    the same"})
final class HelpCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "The words of the command.")
    @SuppressWarnings("UnusedVariable")
    private List<String> words = List.of();

    @Override
    public void run() {
        spec.root().commandLine().usage(spec.root().commandLine().getOut());
    }
}
