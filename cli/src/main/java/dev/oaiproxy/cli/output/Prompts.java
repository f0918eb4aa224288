package dev.oaiproxy.cli.output;

import java.io.Console;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Questions to a person at a terminal.
 *
 * @param line asks a question and gives the answer
 * @param hidden asks for a secret, without showing it
 */
public record Prompts(UnaryOperator<String> line, UnaryOperator<String> hidden) {
    /** Questions at the process's own terminal, if it has one. */
    static Optional<Prompts> of(Optional<Console> console) {
        return console.map(c -> new Prompts(q -> typed(c, q), q -> typedHidden(c, q)));
    }

    private static String typed(Console console, String question) {
        String answer = console.readLine("%s: ", question);
        return answer == null ? "" : answer.strip();
    }

    private static String typedHidden(Console console, String question) {
        char[] answer = console.readPassword("%s: ", question);
        return answer == null ? "" : new String(answer);
    }
}
