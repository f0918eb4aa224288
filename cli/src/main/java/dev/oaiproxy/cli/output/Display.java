package dev.oaiproxy.cli.output;

import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    private static final Pattern COMMAND =
            Pattern.compile("(?<=[`']|\\brun |\\brun: )" + PROGRAM + "(?= )");
    private static final Pattern EXAMPLE = Pattern.compile("(?<![\\w./-])" + PROGRAM + "(?= )");
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
        return program.equals(PROGRAM)
                ? text
                : COMMAND.matcher(text).replaceAll(Matcher.quoteReplacement(program));
    }

    /** Examples, in which every mention of the program is the beginning of a command. */
    public String namedExample(String text) {
        return program.equals(PROGRAM)
                ? text
                : EXAMPLE.matcher(text).replaceAll(Matcher.quoteReplacement(program));
    }

    private static Optional<Integer> number(@Nullable String text) {
        return Optional.ofNullable(text)
                .filter(digits -> digits.matches("[1-9][0-9]{0,3}"))
                .map(Integer::valueOf);
    }
}
