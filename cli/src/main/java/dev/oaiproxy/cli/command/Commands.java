package dev.oaiproxy.cli.command;

import dev.oaiproxy.cli.command.common.CommandContext;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line, put together. */
public final class Commands {
    private Commands() {}

    public static CommandLine of(CommandContext context) {
        var factory = new Factory(context);
        var line = new CommandLine(new RootCommand(context), factory);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOverwrittenOptionsAllowed(false);
        line.setUsageHelpAutoWidth(context.terminal().interactive());
        line.setUsageHelpWidth(100);
        line.setColorScheme(
                CommandLine.Help.defaultColorScheme(
                        context.terminal().colour() ? Ansi.ON : Ansi.OFF));
        line.setExecutionStrategy(Commands::execute);
        addHeadings(line);
        // A negative amount looks like an option.
        nested(nested(line, "quota"), "add").setUnmatchedOptionsArePositionalParams(true);
        return line;
    }

    /**
     * The arguments with the original's spelling {@code --db_type} as {@code --db-type}; values,
     * and what follows {@code --}, stay.
     */
    public static String[] spelled(String[] args) {
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

    /** Adds an empty line and a heading to the help of each command. */
    private static void addHeadings(CommandLine line) {
        UsageMessageSpec help = line.getCommandSpec().usageMessage();
        List<String> description = new ArrayList<>(List.of(help.description()));
        description.add("");
        help.description(description.toArray(String[]::new)).footerHeading("%nExamples:%n");
        line.getSubcommands().values().forEach(Commands::addHeadings);
    }

    private static CommandLine nested(CommandLine line, String name) {
        return Objects.requireNonNull(line.getSubcommands().get(name), name);
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
            String verbs = String.join("|", spec.subcommands().keySet());
            throw new ParameterException(
                    spec.commandLine(), spec.qualifiedName() + " needs a verb: " + verbs);
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
