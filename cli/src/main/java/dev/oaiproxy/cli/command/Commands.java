package dev.oaiproxy.cli.command;

import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.key.KeyCommand;
import dev.oaiproxy.cli.command.key.QuotaCommand;
import dev.oaiproxy.cli.command.key.UserCommand;
import dev.oaiproxy.cli.command.price.PricesCommand;
import dev.oaiproxy.cli.command.server.DatabaseCommand;
import dev.oaiproxy.cli.command.server.DemoCommand;
import dev.oaiproxy.cli.command.server.DoctorCommand;
import dev.oaiproxy.cli.command.server.SandboxCommand;
import dev.oaiproxy.cli.command.server.ServeCommand;
import dev.oaiproxy.cli.command.server.SetupCommand;
import dev.oaiproxy.cli.command.server.StatusCommand;
import dev.oaiproxy.cli.command.usage.AuditCommand;
import dev.oaiproxy.cli.command.usage.CallsCommand;
import dev.oaiproxy.cli.command.usage.TrailCommand;
import dev.oaiproxy.cli.command.usage.UsageCommand;
import dev.oaiproxy.cli.output.Display;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command line, put together. To read the options of every command takes several times as long
 * as to run one, so a command line has those commands only that its arguments can mean.
 */
public final class Commands {
    /** In the order of the help. */
    private static final List<Class<?>> NOUNS =
            List.of(
                    ServeCommand.class,
                    DemoCommand.class,
                    SetupCommand.class,
                    StatusCommand.class,
                    KeyCommand.class,
                    UserCommand.class,
                    QuotaCommand.class,
                    UsageCommand.class,
                    CallsCommand.class,
                    PricesCommand.class,
                    AuditCommand.class,
                    TrailCommand.class,
                    DatabaseCommand.class,
                    DoctorCommand.class,
                    SandboxCommand.class,
                    CompletionCommand.class,
                    HelpCommand.class,
                    CompleteCommand.class,
                    VersionCommand.class);

    private static final int MOST_HELP = 100;
    private static final int LEAST_HELP = 60;
    private static final Set<String> OF_ROOT = Set.of("-h", "--help", "-V", "--version");

    private Commands() {}

    /** The command line with all commands. */
    public static CommandLine of(CommandContext context) {
        var factory = new Factory(context);
        CommandLine root = new CommandLine(new RootCommand(context), factory);
        NOUNS.forEach(noun -> root.addSubcommand(new CommandLine(noun, factory)));
        return complete(root, context);
    }

    /** The command line as far as these arguments need it. */
    public static CommandLine forArguments(CommandContext context, String... args) {
        boolean ofRoot = args.length == 0 || (args.length == 1 && OF_ROOT.contains(args[0]));
        Optional<Class<?>> named =
                NOUNS.stream()
                        .filter(noun -> args.length > 0 && isNamed(noun, args[0]))
                        .findFirst();
        if (!ofRoot && named.isEmpty()) {
            return of(context);
        }
        var factory = new Factory(context);
        CommandLine root = new CommandLine(new RootCommand(context), factory);
        if (ofRoot) {
            NOUNS.forEach(noun -> root.addSubcommand(listed(noun)));
        } else {
            root.addSubcommand(new CommandLine(named.orElseThrow(), factory));
        }
        return complete(root, context);
    }

    private static boolean isNamed(Class<?> noun, String name) {
        return described(noun).name().equals(name);
    }

    private static Command described(Class<?> noun) {
        return Objects.requireNonNull(noun.getAnnotation(Command.class), noun.getName());
    }

    /** A command without its options, as the help of all commands lists it. */
    private static CommandSpec listed(Class<?> noun) {
        Command described = described(noun);
        CommandSpec spec = CommandSpec.create().name(described.name());
        spec.usageMessage().description(described.description()).hidden(described.hidden());
        return spec;
    }

    private static CommandLine complete(CommandLine line, CommandContext context) {
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOverwrittenOptionsAllowed(false);
        Display display = context.terminal().display();
        line.setCommandName(display.program());
        line.setUsageHelpWidth(
                context.terminal().interactive()
                        ? Math.clamp(display.columns(), LEAST_HELP, MOST_HELP)
                        : MOST_HELP);
        line.setColorScheme(
                CommandLine.Help.defaultColorScheme(
                        context.terminal().colour() ? Ansi.ON : Ansi.OFF));
        line.setExecutionStrategy(Commands::execute);
        addHeadings(line, display);
        // A negative amount looks like an option.
        nested(line, "quota")
                .flatMap(quota -> nested(quota, "add"))
                .ifPresent(add -> add.setUnmatchedOptionsArePositionalParams(true));
        return line;
    }

    /**
     * The arguments with the original's spelling {@code --db_type} as {@code --db-type}; values,
     * and what follows {@code --}, stay. {@code help X} is {@code X --help}.
     */
    public static String[] spelled(String[] args) {
        if (args.length > 0 && args[0].equals("help")) {
            List<String> asked = new ArrayList<>(List.of(args).subList(1, args.length));
            asked.add("--help");
            return asked.toArray(String[]::new);
        }
        List<String> result = new ArrayList<>();
        boolean options = true;
        for (String arg : args) {
            options &= !arg.equals("--");
            result.add(options && arg.matches("--[a-z_]+(=(?s:.*))?") ? spelled(arg) : arg);
        }
        return result.toArray(String[]::new);
    }

    private static String spelled(String arg) {
        int end = arg.indexOf('=');
        String name = end < 0 ? arg : arg.substring(0, end);
        return name.replace('_', '-') + arg.substring(name.length());
    }

    /**
     * Adds an empty line and a heading to the help, and has examples name the program as called.
     */
    private static void addHeadings(CommandLine line, Display display) {
        UsageMessageSpec help = line.getCommandSpec().usageMessage();
        List<String> description = new ArrayList<>(List.of(help.description()));
        description.add("");
        help.description(description.toArray(String[]::new)).footerHeading("%nExamples:%n");
        help.footer(Stream.of(help.footer()).map(display::namedExample).toArray(String[]::new));
        line.getSubcommands().values().forEach(nested -> addHeadings(nested, display));
    }

    private static Optional<CommandLine> nested(CommandLine line, String name) {
        return Optional.ofNullable(line.getSubcommands().get(name));
    }

    /** Runs the command that was named last; a group of commands only lists its subcommands. */
    private static int execute(ParseResult line) {
        ParseResult last = line;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        CommandSpec spec = last.commandSpec();
        boolean help = last.isUsageHelpRequested() || last.isVersionHelpRequested();
        if (!runs(spec.userObject()) && !help) {
            throw new ParameterException(
                    spec.commandLine(),
                    "`"
                            + spec.qualifiedName()
                            + "` needs one of "
                            + String.join(", ", spec.subcommands().keySet()));
        }
        return new CommandLine.RunLast().execute(line);
    }

    private static boolean runs(Object command) {
        return command instanceof Runnable || command instanceof Callable;
    }

    /** Gives commands their context; everything else is made as picocli does. */
    private record Factory(CommandContext context) implements CommandLine.IFactory {
        private static final CommandLine.IFactory DEFAULT = CommandLine.defaultFactory();

        @Override
        public <K> K create(Class<K> type) throws Exception {
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                if (List.of(constructor.getParameterTypes())
                        .equals(List.of(CommandContext.class))) {
                    // The constructors of commands are open to their own package only.
                    constructor.setAccessible(true);
                    return type.cast(constructor.newInstance(context));
                }
            }
            return DEFAULT.create(type);
        }
    }
}
