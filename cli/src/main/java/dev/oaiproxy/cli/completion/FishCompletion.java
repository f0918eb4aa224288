package dev.oaiproxy.cli.completion;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A completion for fish: one line for each word. */
final class FishCompletion {
    private static final String HEAD =
            """
            # fish completion for oaiproxy, made by `oaiproxy completion fish`.

            # The nouns and verbs so far, without options and their values.
            function __oaiproxy_at
                set -l words (commandline -opc)
                set -l wanted $argv
                set -l found
                for word in $words[2..-1]
                    if string match -q -- '-*' $word
                        continue
                    end
                    if test (count $found) -lt (count $wanted)
                        set found $found $word
                    end
                end
                test "$found" = "$wanted"
            end

            # Whether a noun still waits for its verb.
            function __oaiproxy_needs
                __oaiproxy_at $argv; or return 1
                set -l words (string match -v -- '-*' (commandline -opc))
                test (count $words) -eq (math (count $argv) + 1)
            end

            complete -c oaiproxy -f
            """;

    private final CommandSpec root;

    FishCompletion(CommandSpec root) {
        this.root = root;
    }

    String script() {
        var script = new StringBuilder(HEAD);
        command(script, root, "");
        return script.toString();
    }

    private static void command(StringBuilder script, CommandSpec spec, String path) {
        script.append('\n');
        for (CommandSpec verb : CommandSpecs.verbs(spec)) {
            line(
                    script,
                    "__oaiproxy_needs" + path,
                    "-a " + verb.name(),
                    CommandSpecs.summary(verb));
        }
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            parameter(script, parameter, path);
        }
        for (OptionSpec option : CommandSpecs.options(spec)) {
            String place = path.isEmpty() ? "__oaiproxy_needs" : "__oaiproxy_at" + path;
            line(script, place, words(option), CommandSpecs.summary(option));
        }
        for (CommandSpec verb : CommandSpecs.verbs(spec)) {
            command(script, verb, path + " " + verb.name());
        }
    }

    private static void parameter(
            StringBuilder script, PositionalParamSpec parameter, String path) {
        List<String> choices = CommandSpecs.choices(parameter);
        if (!choices.isEmpty()) {
            String words = "-a " + quoted(String.join(" ", choices));
            line(script, "__oaiproxy_needs" + path, words, "");
        }
        CommandSpecs.liveNames(parameter)
                .ifPresent(names -> line(script, "__oaiproxy_at" + path, live(names).strip(), ""));
    }

    private static String words(OptionSpec option) {
        var words = new StringBuilder();
        for (String name : option.names()) {
            boolean isLong = name.startsWith("--");
            words.append(isLong ? " -l " : " -s ").append(name.substring(isLong ? 2 : 1));
        }
        List<String> choices = CommandSpecs.choices(option);
        if (CommandSpecs.takesValue(option)) {
            words.append(CommandSpecs.takesPath(option) ? " -rF" : " -x");
        }
        if (!choices.isEmpty()) {
            words.append(" -a ").append(quoted(String.join(" ", choices)));
        }
        CommandSpecs.liveNames(option).ifPresent(names -> words.append(live(names)));
        return words.substring(1);
    }

    /** Names that the server knows; a tab parts them from their descriptions. */
    private static String live(String names) {
        return " -a " + quoted("(oaiproxy complete " + names + " 2>/dev/null)");
    }

    private static void line(StringBuilder script, String place, String words, String summary) {
        script.append("complete -c oaiproxy -n ").append(quoted(place)).append(' ').append(words);
        if (!summary.isEmpty()) {
            script.append(" -d ").append(quoted(summary));
        }
        script.append('\n');
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
