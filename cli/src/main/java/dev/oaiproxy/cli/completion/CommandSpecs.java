package dev.oaiproxy.cli.completion;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Reads sub-commands, visible options, summaries and values from picocli, for completion. */
final class CommandSpecs {
    private CommandSpecs() {}

    /** The sub-commands, each once. */
    static Collection<CommandSpec> verbs(CommandSpec spec) {
        var verbs = new LinkedHashSet<CommandSpec>();
        for (CommandLine line : spec.subcommands().values()) {
            verbs.add(line.getCommandSpec());
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
