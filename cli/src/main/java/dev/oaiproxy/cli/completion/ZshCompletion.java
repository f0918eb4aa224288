package dev.oaiproxy.cli.completion;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A completion for zsh: one function for each command, with {@code _arguments}. */
final class ZshCompletion {
    private static final String HEAD =
            """
            #compdef oaiproxy
            # zsh completion for oaiproxy, made by `oaiproxy completion zsh`.

            # Names that the server knows.
            _oaiproxy_names() {
                local -a lines names
                lines=("${(@f)$(oaiproxy complete $1 2>/dev/null)}")
                names=("${(@)lines%%$'\\t'*}")
                lines=("${(@)lines//$'\\t'/  }")
                compadd -l -d lines -a names
            }
            """;
    private static final String FOOT =
            """

            # Loaded by name from fpath it completes at once; sourced, it registers itself.
            if [ "$funcstack[1]" = "_oaiproxy" ]; then
                _oaiproxy "$@"
            else
                compdef _oaiproxy oaiproxy
            fi
            """;

    private final CommandSpec root;

    ZshCompletion(CommandSpec root) {
        this.root = root;
    }

    String script() {
        var script = new StringBuilder(HEAD);
        command(script, root, "_oaiproxy");
        return script.append(FOOT).toString();
    }

    private static void command(StringBuilder script, CommandSpec spec, String function) {
        script.append("\n").append(function).append("() {\n");
        if (CommandSpecs.verbs(spec).isEmpty()) {
            arguments(script, spec, List.of());
        } else {
            nested(script, spec, function);
        }
        script.append("}\n");
        for (CommandSpec verb : CommandSpecs.verbs(spec)) {
            command(script, verb, function + "_" + verb.name());
        }
    }

    private static void nested(StringBuilder script, CommandSpec spec, String function) {
        script.append("    local curcontext=\"$curcontext\" state line\n    typeset -A opt_args\n");
        arguments(script, spec, List.of("'1: :->verb'", "'*:: :->rest'"));
        script.append("    case $state in\n    verb)\n        local -a verbs=(\n");
        for (CommandSpec verb : CommandSpecs.verbs(spec)) {
            String summary = verb.name() + ":" + CommandSpecs.summary(verb).replace(":", "\\:");
            script.append("            ").append(quoted(summary)).append('\n');
        }
        script.append("        )\n        _describe -t commands command verbs ;;\n");
        script.append("    rest)\n        case $line[1] in\n");
        for (CommandSpec verb : CommandSpecs.verbs(spec)) {
            String name = verb.name();
            script.append("        ").append(name).append(") ");
            script.append(function).append('_').append(name).append(" ;;\n");
        }
        script.append("        esac ;;\n    esac\n");
    }

    private static void arguments(StringBuilder script, CommandSpec spec, List<String> states) {
        List<String> lines = new ArrayList<>();
        CommandSpecs.options(spec).forEach(option -> lines.addAll(option(option)));
        spec.positionalParameters().forEach(parameter -> lines.add(parameter(parameter)));
        lines.addAll(states);
        String flags = states.isEmpty() ? "-s -S" : "-C -s -S";
        script.append("    _arguments ").append(flags).append(" \\\n        ");
        script.append(String.join(" \\\n        ", lines)).append('\n');
    }

    private static List<String> option(OptionSpec option) {
        String others = String.join(" ", option.names());
        List<String> lines = new ArrayList<>();
        for (String name : option.names()) {
            String equals = CommandSpecs.takesValue(option) && name.startsWith("--") ? "=" : "";
            String summary =
                    "[" + CommandSpecs.summary(option).replaceAll("([\\[\\]])", "\\\\$1") + "]";
            lines.add(quoted("(" + others + ")" + name + equals + summary + value(option)));
        }
        return lines;
    }

    private static String value(OptionSpec option) {
        if (!CommandSpecs.takesValue(option)) {
            return "";
        }
        String label = option.paramLabel().replaceAll("[^A-Za-z]+", " ").strip();
        boolean path = CommandSpecs.takesPath(option);
        return ":" + label + ":" + (path ? "_files" : action(option));
    }

    private static String parameter(PositionalParamSpec parameter) {
        String label = parameter.paramLabel().replaceAll("[^A-Za-z]+", " ").strip();
        String many = parameter.arity().max() > 1 ? "*" : "";
        return quoted(many + ":" + label + ":" + action(parameter));
    }

    private static String action(ArgSpec arg) {
        List<String> choices = CommandSpecs.choices(arg);
        String names = CommandSpecs.liveNames(arg).map(" _oaiproxy_names "::concat).orElse(" ");
        return choices.isEmpty()
                ? names
                : choices.stream().collect(Collectors.joining(" ", "(", ")"));
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
