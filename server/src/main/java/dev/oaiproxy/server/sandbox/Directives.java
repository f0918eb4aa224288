package dev.oaiproxy.server.sandbox;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one request wants of its answer, such as {@code [[fault=cut after=3]] [[delay=20ms]]} in its
 * first user message or in the input of an embedding.
 *
 * @param fault how to fail
 * @param after how many events of a stream, or bytes of another body, come before the fault
 * @param delay the time to make one token, where it differs from the settings
 * @param tokens the visible tokens of a choice, where they differ from the settings
 * @param tier the served tier, where it differs from what was asked for
 * @param calls how often each tool is used, where that is not once
 * @param wire the shape of the answer on the wire
 */
public record Directives(
        Fault fault,
        int after,
        Optional<Duration> delay,
        OptionalInt tokens,
        Optional<String> tier,
        OptionalInt calls,
        Wire wire) {
    private static final Pattern GROUP = Pattern.compile("\\[\\[([a-z]+=[^\\[\\]]*)]]");
    private static final Pattern WORD =
            Pattern.compile("(fault|after|delay|tokens|tier|calls|wire)=(\\S+)");
    private static final Pattern DELAY = Pattern.compile("([0-9]{1,7})(ms|s)");
    private static final int MOST = 1_000_000;

    public static final Directives NONE = parse("");

    /**
     * Reads the directives in a text.
     *
     * @throws IllegalArgumentException when one of them is unknown or malformed
     */
    public static Directives parse(String text) {
        Map<String, String> words = words(text);
        String fault = words.getOrDefault("fault", "none");
        String wire = words.getOrDefault("wire", "plain");
        return new Directives(
                Fault.named(fault).orElseThrow(() -> unknown("fault=" + fault)),
                number(words.getOrDefault("after", "0")),
                Optional.ofNullable(words.get("delay")).map(Directives::duration),
                optional(words.get("tokens")),
                Optional.ofNullable(words.get("tier")),
                optional(words.get("calls")),
                Wire.named(wire).orElseThrow(() -> unknown("wire=" + wire)));
    }

    private static Map<String, String> words(String text) {
        Map<String, String> words = new HashMap<>();
        Matcher group = GROUP.matcher(text);
        while (group.find()) {
            for (String word : group.group(1).strip().split("\\s+", -1)) {
                Matcher matcher = WORD.matcher(word);
                if (!matcher.matches()) {
                    throw unknown(word);
                }
                words.put(matcher.group(1), matcher.group(2));
            }
        }
        return words;
    }

    /** Reads a time such as {@code 20ms} or {@code 3s}. */
    static Duration duration(String text) {
        Matcher matcher = DELAY.matcher(text);
        if (!matcher.matches()) {
            throw unknown(text);
        }
        long amount = Long.parseLong(matcher.group(1));
        return matcher.group(2).equals("s")
                ? Duration.ofSeconds(amount)
                : Duration.ofMillis(amount);
    }

    private static OptionalInt optional(@Nullable String text) {
        return text == null ? OptionalInt.empty() : OptionalInt.of(number(text));
    }

    private static int number(String text) {
        if (!text.matches("[0-9]{1,7}") || Integer.parseInt(text) > MOST) {
            throw unknown(text);
        }
        return Integer.parseInt(text);
    }

    private static IllegalArgumentException unknown(String word) {
        return new IllegalArgumentException("unknown sandbox directive: " + word);
    }
}
