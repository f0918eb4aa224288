package dev.oaiproxy.cli.command.common;

import dev.oaiproxy.api.OfflineTools;
import dev.oaiproxy.api.Program;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Terminal;
import dev.oaiproxy.cli.settings.CliSettings;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The settings, the terminal and the clock of a command, and the server's code that it can run.
 *
 * @param programs finds the server and the sandbox by the name of their command
 * @param offlineTools finds the server's tools; empty where the server is not on the class path
 */
public record CommandContext(
        CliSettings settings,
        Terminal terminal,
        Clock clock,
        Function<String, Optional<Program>> programs,
        Supplier<Optional<OfflineTools>> offlineTools) {
    private static final String INCOMPLETE = "the server is not part of this installation";

    public static CommandContext ofProcess() {
        Map<String, String> environment = System.getenv();
        return new CommandContext(
                CliSettings.ofProcess(environment),
                Terminal.ofProcess(environment),
                Clock.system(ZoneId.systemDefault()),
                CommandContext::program,
                () -> ServiceLoader.load(OfflineTools.class).findFirst());
    }

    /** Runs the server or the sandbox in this process; returns the exit code. */
    public int run(String program, Map<String, String> settings) {
        return programs.apply(program).orElseThrow(() -> incomplete(INCOMPLETE)).run(settings);
    }

    public OfflineTools tools() {
        return tools(INCOMPLETE);
    }

    /**
     * The server's tools.
     *
     * @param otherwise the error where there are none
     */
    public OfflineTools tools(String otherwise) {
        return offlineTools.get().orElseThrow(() -> incomplete(otherwise));
    }

    /**
     * Works with the server's tools.
     *
     * @param advice what to do when a file or a database cannot be used
     */
    public <T> T work(Function<OfflineTools, T> work, String advice) {
        OfflineTools tools = tools();
        try {
            return work.apply(tools);
        } catch (IllegalArgumentException unusable) {
            throw Failure.failed(String.valueOf(unusable.getMessage()), advice);
        }
    }

    /** Warns of a secret among the arguments. */
    public void warnOfSecret(String variable) {
        terminal.say(
                "warning: a secret on the command line shows in process lists and shell history;"
                        + " instead set "
                        + variable);
    }

    private static Failure incomplete(String what) {
        return Failure.failed(what, "use the complete distribution of oaiproxy");
    }

    private static Optional<Program> program(String name) {
        for (Program program : ServiceLoader.load(Program.class)) {
            if (program.name().equals(name)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }
}
