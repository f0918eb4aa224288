package dev.oaiproxy.cli.command;

import dev.oaiproxy.cli.command.common.ClosestWord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What is wrong with the words of a command line, and what was probably meant.
 *
 * @param what the mistake
 * @param advice what to type instead
 */
public record Misuse(String what, String advice) {
    /** Explains an error of the parser, which sees only a part of the mistake at times. */
    public static Misuse of(ParameterException error, String... arguments) {
        CommandSpec command = error.getCommandLine().getCommandSpec();
        if (error instanceof UnmatchedArgumentException unmatched) {
            return unmatched(command, unmatched.getUnmatched().getFirst());
        }
        Optional<String> unknown = unknownOption(command, arguments);
        if (unknown.isPresent()) {
            return unmatched(command, unknown.get());
        }
        if (error instanceof MissingParameterException missing) {
            return missing(command, missing);
        }
        return new Misuse(words(error), help(command));
    }

    private static Misuse unmatched(CommandSpec command, String word) {
        String name = command.qualifiedName();
        if (word.startsWith("-")) {
            String option = word.replaceFirst("=(?s:.*)", "");
            return new Misuse(
                    in(command)
                            + "there is no option "
                            + option
                            + ClosestWord.question(option, command.optionsMap().keySet()),
                    help(command));
        }
        if (command.subcommands().isEmpty()) {
            return new Misuse("`" + name + "` does not take '" + word + "'", help(command));
        }
        String question = ClosestWord.question(word, command.subcommands().keySet());
        return command.parent() == null
                ? new Misuse("there is no command '" + word + "'" + question, help(command))
                : new Misuse("`" + name + "` has no '" + word + "'" + question, verbs(command));
    }

    private static Misuse missing(CommandSpec command, MissingParameterException error) {
        String needed =
                error.getMissing().stream().map(Misuse::named).collect(Collectors.joining(", "));
        return new Misuse("`" + command.qualifiedName() + "` needs " + needed, help(command));
    }

    /** An option that is missing hides one that is misspelt. */
    private static Optional<String> unknownOption(CommandSpec command, String... arguments) {
        return Stream.of(arguments)
                .takeWhile(word -> !word.equals("--"))
                .filter(word -> word.startsWith("--"))
                .filter(word -> !command.optionsMap().containsKey(word.replaceFirst("=.*", "")))
                .findFirst();
    }

    private static String words(ParameterException error) {
        ArgSpec argument = error.getArgSpec();
        String value = error.getValue();
        if (argument == null || value == null) {
            return String.valueOf(error.getMessage());
        }
        Class<?> type =
                argument.typeInfo().isMultiValue()
                        ? argument.typeInfo().getAuxiliaryTypes()[0]
                        : argument.type();
        if (type.isEnum()) {
            List<String> choices =
                    Arrays.stream(type.getEnumConstants()).map(String::valueOf).toList();
            return named(argument)
                    + " is "
                    + either(choices)
                    + ", not '"
                    + value
                    + "'"
                    + ClosestWord.question(value, choices);
        }
        boolean number = type == Integer.class || type == int.class || type == Long.class;
        return number
                ? named(argument) + " is a number, not '" + value + "'"
                : String.valueOf(error.getMessage());
    }

    private static String either(List<String> choices) {
        List<String> first = new ArrayList<>(choices);
        String last = first.removeLast();
        return first.isEmpty() ? last : String.join(", ", first) + " or " + last;
    }

    private static String named(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? Stream.of(option.names())
                        .filter(name -> name.startsWith("--"))
                        .findFirst()
                        .orElse(option.longestName())
                : argument.paramLabel();
    }

    private static String in(CommandSpec command) {
        return command.parent() == null ? "" : "`" + command.qualifiedName() + "`: ";
    }

    private static String verbs(CommandSpec command) {
        return "it has " + either(List.copyOf(command.subcommands().keySet()));
    }

    /** Names the help of a command. */
    public static String help(CommandSpec command) {
        return "see `" + command.qualifiedName() + " --help`";
    }

    /** The error of a word that names no command, which a request for help must not hide. */
    public static Optional<ParameterException> unknownCommand(CommandLine line, String... words) {
        CommandLine at = line;
        for (String word : words) {
            CommandLine next = at.getSubcommands().get(word);
            boolean ends =
                    word.startsWith("-")
                            || at.getSubcommands().isEmpty()
                            || !at.getCommandSpec().positionalParameters().isEmpty();
            if (next == null) {
                return ends
                        ? Optional.empty()
                        : Optional.of(new UnmatchedArgumentException(at, List.of(word)));
            }
            at = next;
        }
        return Optional.empty();
    }
}
