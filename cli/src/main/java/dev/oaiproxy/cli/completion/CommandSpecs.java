package dev.oaiproxy.cli.completion;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Reads sub-commands, visible options, summaries and values from picocli, for completion. */
final class CommandSpecs {
    /** The labels of arguments whose names a server knows. */
    private static final Map<String, String> LIVE =
            Map.of(
                    "USER", "users",
                    "KEY", "keys",
                    "SCOPE", "scopes",
                    "MODEL", "models",
                    "GLOB", "models");

    private CommandSpecs() {}

    /** The visible sub-commands, each once. */
    static Collection<CommandSpec> verbs(CommandSpec spec) {
        var verbs = new LinkedHashSet<CommandSpec>();
        for (CommandLine line : spec.subcommands().values()) {
            if (!line.getCommandSpec().usageMessage().hidden()) {
                verbs.add(line.getCommandSpec());
            }
        }
        return verbs;
    }

    static List<OptionSpec> options(CommandSpec spec) {
        return spec.options().stream().filter(option -> !option.hidden()).toList();
    }

    /** The first line of a command's description. */
    static String summary(CommandSpec spec) {
        return plain(spec.usageMessage().description());
    }

    static String summary(OptionSpec option) {
        return plain(option.description());
    }

    /** The possible values; none when any text is one. */
    static List<String> choices(ArgSpec arg) {
        List<String> choices = new ArrayList<>();
        if (arg.completionCandidates() != null) {
            arg.completionCandidates().forEach(choices::add);
        }
        return choices;
    }

    /** What {@code oaiproxy complete} calls the names that are possible; empty for other values. */
    static Optional<String> liveNames(ArgSpec arg) {
        return Optional.ofNullable(LIVE.get(arg.paramLabel()));
    }

    static boolean takesValue(OptionSpec option) {
        return option.arity().max() > 0;
    }

    static boolean takesPath(ArgSpec arg) {
        return arg.type() == Path.class;
    }

    private static String plain(String[] lines) {
        return lines.length == 0 ? "" : Ansi.OFF.string(lines[0]);
    }
}
