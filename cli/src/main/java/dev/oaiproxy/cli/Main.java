package dev.oaiproxy.cli;

import dev.oaiproxy.cli.command.Commands;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Failure.FailureKind;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Map;
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
            return told(e);
        }
    }

    private int runCommand(String... args) {
        String[] spelled = Commands.spelled(args);
        CommandLine line = Commands.forArguments(context, spelled);
        line.setOut(writer(context.terminal().out()));
        line.setErr(writer(context.terminal().err()));
        line.setExecutionExceptionHandler((e, at, parsed) -> told(e));
        line.setParameterExceptionHandler((e, rest) -> misused(e));
        int code = line.execute(spelled);
        // A disk that is full must not pass for a complete answer.
        return code == 0 && context.terminal().out().checkError()
                ? FailureKind.FAILED.exitCode()
                : code;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }

    private int told(Exception exception) {
        trace(exception);
        if (!(exception instanceof Failure failure)) {
            // The message of an unexpected exception may hold anything, a secret too.
            say(exception.getClass().getSimpleName() + ", which is a bug in oaiproxy");
            context.terminal().say("set OAIPROXY_DEBUG=1 to see where");
            return FailureKind.FAILED.exitCode();
        }
        say(String.valueOf(failure.getMessage()));
        context.terminal().say(failure.advice());
        return failure.kind().exitCode();
    }

    private int misused(ParameterException exception) {
        trace(exception);
        say(String.valueOf(exception.getMessage()).replaceAll("(sk-|\\bek_)[\\w-]+", "$1..."));
        String command = exception.getCommandLine().getCommandSpec().qualifiedName();
        context.terminal().say("see `" + command + " --help`");
        return FailureKind.USAGE.exitCode();
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
