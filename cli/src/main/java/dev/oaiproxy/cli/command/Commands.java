package dev.oaiproxy.cli.command;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The command line, put together. */
public final class Commands {
    private Commands() {}

    /** All commands, in the surroundings of a shell. */
    public static CommandLine of(Shell shell) {
        var factory = new Factory(shell);
        var line = new CommandLine(new Root(shell), factory);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOverwrittenOptionsAllowed(false);
        line.setUsageHelpAutoWidth(shell.screen().terminal());
        line.setUsageHelpWidth(100);
        line.setColorScheme(
                CommandLine.Help.defaultColorScheme(shell.screen().colour() ? Ansi.ON : Ansi.OFF));
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

    private static CommandLine nested(CommandLine line, String name) {
        return Objects.requireNonNull(line.getSubcommands().get(name), name);
    }

    /** Gives commands their shell; everything else is made as picocli does. */
    private record Factory(Shell shell) implements CommandLine.IFactory {
        private static final CommandLine.IFactory DEFAULT = CommandLine.defaultFactory();

        @Override
        public <K> K create(Class<K> type) throws Exception {
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                if (List.of(constructor.getParameterTypes()).equals(List.of(Shell.class))) {
                    return type.cast(constructor.newInstance(shell));
                }
            }
            return DEFAULT.create(type);
        }
    }
}
