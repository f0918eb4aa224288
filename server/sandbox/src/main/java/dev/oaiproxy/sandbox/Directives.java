package dev.oaiproxy.sandbox;

import java.math.BigDecimal;
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
 * first user message, in an input, in a prompt, or in the metadata of a batch.
 *
 * @param fault how to fail
 * @param after how many events of a stream, or bytes of another body, come before the fault
 * @param delay the time to make one token, where it differs from the settings
 * @param tokens the visible tokens of a choice, where they differ from the settings
 * @param tier the served tier, where it differs from what was asked for
 * @param calls how often each tool is used, where that is not once
 * @param wire the shape of the answer on the wire
 * @param seconds how long the audio is that is spoken or heard, such as {@code seconds=7.5}
 * @param svg the tokens that a second model spends on drawing an image as SVG
 * @param end the status that a batch ends in
 */
public record Directives(
        InjectedFault fault,
        int after,
        Optional<Duration> delay,
        OptionalInt tokens,
        Optional<String> tier,
        OptionalInt calls,
        WireFormat wire,
        Optional<Duration> seconds,
        OptionalInt svg,
        Optional<String> end) {
    private static final Pattern GROUP = Pattern.compile("\\[\\[([a-z]+=[^\\[\\]]*)]]");
    private static final Pattern WORD =
            Pattern.compile("(fault|after|delay|tokens|tier|calls|wire|seconds|svg|end)=(\\S+)");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,3})?");
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
                InjectedFault.named(fault).orElseThrow(() -> unknown("fault=" + fault)),
                number(words.getOrDefault("after", "0")),
                Optional.ofNullable(words.get("delay")).map(Directives::duration),
                optional(words.get("tokens")),
                Optional.ofNullable(words.get("tier")),
                optional(words.get("calls")),
                WireFormat.named(wire).orElseThrow(() -> unknown("wire=" + wire)),
                Optional.ofNullable(words.get("seconds")).map(Directives::seconds),
                optional(words.get("svg")),
                Optional.ofNullable(words.get("end")));
    }

    private static Duration seconds(String text) {
        if (!SECONDS.matcher(text).matches()) {
            throw unknown(text);
        }
        return Duration.ofMillis(new BigDecimal(text).movePointRight(3).longValueExact());
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
