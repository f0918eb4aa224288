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
 * Instructions that a request gives the stand-in, such as {@code [[fault=cut after=3]]
 * [[delay=20ms]]} in its first user message, its input, its prompt, or the metadata of a batch.
 *
 * @param fault the failure to simulate
 * @param after the events of a stream, or bytes of another body, before the fault
 * @param delay the time per token, if not the configured one
 * @param tokens the visible tokens of a choice, if not the configured number
 * @param tier the served tier, if not the requested one
 * @param calls the calls of each tool, if not one
 * @param wire the encoding of the response
 * @param seconds the length of the input or output audio, such as {@code seconds=7.5}
 * @param svg the tokens that a second model spends on drawing an image as SVG
 * @param end the final status of a batch or fine-tuning job
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
     * Parses the directives in a text.
     *
     * @throws IllegalArgumentException if one of them is unknown or malformed
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

    /** Parses a duration such as {@code 20ms} or {@code 3s}. */
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
