package dev.oaiproxy.cli;

import dev.oaiproxy.cli.command.Commands;
import dev.oaiproxy.cli.command.Misuse;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Failure.FailureKind;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The command line's entry, and the one place from a failure to text and an exit code. */
public final class Main {
    private static final String SERVE = "serve";

    private final CommandContext context;

    private Main(CommandContext context) {
        this.context = context;
    }

    public static void main(String[] args) {
        int code = run(CommandContext.ofProcess(), args);
        System.exit(code);
    }

    static int run(CommandContext context, String... args) {
        return new Main(context).run(args);
    }

    private int run(String... args) {
        // A server without options need not load what reads them.
        return args.length == 1 && args[0].equals(SERVE) ? serve() : runCommand(args);
    }

    private int serve() {
        try {
            return context.run(SERVE, Map.of());
        } catch (RuntimeException e) {
            return told(e, null);
        }
    }

    private int runCommand(String... args) {
        String[] spelled = Commands.spelled(args);
        CommandLine line = Commands.forArguments(context, spelled);
        line.setOut(writer(context.terminal().out()));
        line.setErr(writer(context.terminal().err()));
        line.setExecutionExceptionHandler((e, at, parsed) -> told(e, at));
        line.setParameterExceptionHandler((e, rest) -> misused(e, spelled));
        Optional<ParameterException> unknown = Misuse.unknownCommand(line, spelled);
        int code = unknown.isPresent() ? misused(unknown.get()) : line.execute(spelled);
        // A disk that is full must not pass for a complete answer.
        return code == 0 && context.terminal().out().checkError()
                ? FailureKind.FAILED.exitCode()
                : code;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }

    private int told(Exception exception, @Nullable CommandLine at) {
        trace(exception);
        if (!(exception instanceof Failure failure)) {
            // The message of an unexpected exception may hold anything, a secret too.
            say(exception.getClass().getSimpleName() + ", which is a bug in oaiproxy");
            context.terminal().say("set OAIPROXY_DEBUG=1 to see where");
            return FailureKind.FAILED.exitCode();
        }
        say(String.valueOf(failure.getMessage()));
        boolean untold = failure.advice().isEmpty();
        context.terminal()
                .say(untold && at != null ? Misuse.help(at.getCommandSpec()) : failure.advice());
        return failure.kind().exitCode();
    }

    private int misused(ParameterException exception, String... arguments) {
        trace(exception);
        Misuse misuse = Misuse.of(exception, arguments);
        say(masked(misuse.what()));
        context.terminal().say(misuse.advice());
        return FailureKind.USAGE.exitCode();
    }

    private static String masked(String text) {
        return text.replaceAll("(sk-|\\bek_)[\\w-]+", "$1...");
    }

    private void say(String what) {
        context.terminal().say("oaiproxy: " + what);
    }

    private void trace(Exception exception) {
        if (context.settings().environment().containsKey("OAIPROXY_DEBUG")) {
            exception.printStackTrace(context.terminal().err());
        }
    }
}
