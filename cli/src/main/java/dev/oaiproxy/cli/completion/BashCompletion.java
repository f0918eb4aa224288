package dev.oaiproxy.cli.completion;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The completion for bash: Picocli's, which knows fixed words only, and names of the server. */
final class BashCompletion {
    private static final String FUNCTION = "function _picocli_";
    private static final String NO_POSITIONALS = "local positionals=\"\"";

    private final StringBuilder script;

    BashCompletion(String words) {
        this.script = new StringBuilder(words.replaceAll("[ \\t]+(?=\\n)", ""));
    }

    String script(CommandSpec root) {
        live(root, "oaiproxy");
        return script.toString();
    }

    /** Adds the names that the arguments of a command, and of those below it, can have. */
    private void live(CommandSpec spec, String path) {
        int begin = script.indexOf(FUNCTION + path + "() {");
        for (OptionSpec option : CommandSpecs.options(spec)) {
            CommandSpecs.liveNames(option).ifPresent(names -> live(begin, option, names));
        }
        Optional<String> names =
                spec.positionalParameters().stream()
                        .map(CommandSpecs::liveNames)
                        .flatMap(Optional::stream)
                        .findFirst();
        int words = script.indexOf(NO_POSITIONALS, begin);
        if (names.isPresent() && words >= 0) {
            script.replace(
                    words,
                    words + NO_POSITIONALS.length(),
                    "local positionals=\"" + asked(names.get()) + "\"");
        }
        for (CommandSpec verb : CommandSpecs.verbs(spec)) {
            live(verb, path + "_" + verb.name());
        }
    }

    private void live(int begin, OptionSpec option, String names) {
        String label =
                Stream.of(option.names())
                        .map(name -> "'" + name + "'")
                        .collect(Collectors.joining("|", "    ", ")\n"));
        int at = script.indexOf(label, begin);
        if (at >= 0) {
            String words =
                    "      COMPREPLY=( $(compgen -W \""
                            + asked(names)
                            + "\" -- \"${curr_word}\") )\n";
            script.insert(at + label.length(), words);
        }
    }

    private static String asked(String names) {
        return "$(oaiproxy complete " + names + " 2>/dev/null | cut -f1)";
    }
}
