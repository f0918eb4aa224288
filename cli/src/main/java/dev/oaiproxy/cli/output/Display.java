package dev.oaiproxy.cli.output;

import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a terminal shows, and how the program is called there.
 *
 * @param columns its width in characters
 * @param zone the time zone of the person
 * @param program the words that start this program
 */
public record Display(int columns, ZoneId zone, String program) {
    public static final String PROGRAM = "oaiproxy";

    private static final int USUAL_COLUMNS = 80;
    private static final int FEWEST_COLUMNS = 20;

    /** The launcher asks the terminal for its width, and knows how it was called. */
    public static Display ofProcess(Map<String, String> environment) {
        int columns =
                number(System.getProperty("oaiproxy.columns"))
                        .or(() -> number(environment.get("COLUMNS")))
                        .orElse(USUAL_COLUMNS);
        return new Display(
                Math.max(FEWEST_COLUMNS, columns),
                ZoneId.systemDefault(),
                System.getProperty("oaiproxy.program", PROGRAM));
    }

    /** The usual terminal: 80 columns. */
    public static Display usual(ZoneId zone) {
        return new Display(USUAL_COLUMNS, zone, PROGRAM);
    }

    /** A text in which the commands to type begin with the words that start this program. */
    public String named(String text) {
        return replaced(text, before -> before.matches("(?s).*([`']|\\brun:? )"));
    }

    /** Examples, in which every mention of the program is the beginning of a command. */
    public String namedExample(String text) {
        return replaced(
                text,
                before ->
                        before.isEmpty()
                                || " \"`'(=".indexOf(before.charAt(before.length() - 1)) >= 0);
    }

    /** Help is shown often, so this loads no regular expressions. */
    private String replaced(String text, Predicate<String> isCommandAfter) {
        int at = program.equals(PROGRAM) ? -1 : text.indexOf(PROGRAM + " ");
        if (at < 0) {
            return text;
        }
        var result = new StringBuilder();
        int from = 0;
        while (at >= 0) {
            String before = text.substring(0, at);
            result.append(text, from, at).append(isCommandAfter.test(before) ? program : PROGRAM);
            from = at + PROGRAM.length();
            at = text.indexOf(PROGRAM + " ", from);
        }
        return result.append(text.substring(from)).toString();
    }

    private static Optional<Integer> number(@Nullable String text) {
        try {
            return Optional.ofNullable(text).map(Integer::valueOf).filter(number -> number > 0);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
