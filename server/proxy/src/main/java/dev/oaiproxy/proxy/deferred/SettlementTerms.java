package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The facts of a request that are needed to read its usage later. They are stored as text, which
 * outlives the process.
 *
 * @param endpoint the endpoint of a batch, as {@code /v1/responses}, or null for other calls
 * @param response the terms for reading the response, or the responses of a batch
 * @param input the most tokens of its input, or null when unknown
 * @param seen the number of bytes that had come when OpenAI broke the response off, or null
 * @param beside the fees of OpenAI's tools that were seen by then, each in one unit
 */
public record SettlementTerms(
        @Nullable String endpoint,
        ResponseTerms response,
        @Nullable Long input,
        @Nullable Long seen,
        List<Usage> beside) {
    private static final String ENDPOINT = "endpoint";
    private static final String LONG_CACHE = "long_cache";
    private static final String IMAGE = "image";
    private static final String SEARCH = "search";
    private static final String CONTAINER = "container";
    private static final String WINDOW = "window";
    private static final String INPUT = "input";
    private static final String SEEN = "seen";
    private static final String BESIDE = "beside";

    public SettlementTerms {
        beside = List.copyOf(beside);
    }

    SettlementTerms(@Nullable String endpoint, ResponseTerms response) {
        this(endpoint, response, null, null, List.of());
    }

    /** The terms as words such as {@code search=tool%3Aweb_search}. */
    String text() {
        Map<String, String> words = new LinkedHashMap<>();
        put(words, ENDPOINT, endpoint);
        words.put(LONG_CACHE, Boolean.toString(response.longCacheWrite()));
        put(words, IMAGE, response.imageModel());
        words.put(SEARCH, response.searchTool());
        words.put(CONTAINER, response.containerTool());
        put(words, WINDOW, response.window());
        put(words, INPUT, input == null ? null : input.toString());
        put(words, SEEN, seen == null ? null : seen.toString());
        put(words, BESIDE, beside.isEmpty() ? null : fees());
        return words.entrySet().stream()
                .map(word -> word.getKey() + "=" + encoded(word.getValue()))
                .collect(Collectors.joining(" "));
    }

    /**
     * Reads the text that {@link #text} wrote, and nothing else.
     *
     * @throws IllegalArgumentException when it is not such a text
     */
    static SettlementTerms parse(String text) {
        Map<String, String> words = new HashMap<>();
        for (String word : text.split(" ", -1)) {
            int sign = word.indexOf('=');
            words.put(
                    word.substring(0, Math.max(0, sign)),
                    URLDecoder.decode(word.substring(sign + 1), StandardCharsets.UTF_8));
        }
        SettlementTerms settlementTerms =
                new SettlementTerms(
                        words.get(ENDPOINT),
                        new ResponseTerms(
                                Boolean.parseBoolean(words.get(LONG_CACHE)),
                                true,
                                words.get(IMAGE),
                                words.getOrDefault(SEARCH, ""),
                                words.getOrDefault(CONTAINER, ""),
                                words.get(WINDOW)),
                        number(words, INPUT),
                        number(words, SEEN),
                        fees(words.getOrDefault(BESIDE, "")));
        if (!settlementTerms.text().equals(text)) {
            throw new IllegalArgumentException(
                    "not the terms of a deferred settlement: '" + text + "'");
        }
        return settlementTerms;
    }

    /** The fees as lines such as {@code tool:file_search file_search 2}. */
    private String fees() {
        List<String> lines = new ArrayList<>();
        for (Usage tool : beside) {
            tool.quantities()
                    .forEach((unit, n) -> lines.add(tool.model() + " " + unit.label() + " " + n));
        }
        return String.join("\n", lines);
    }

    private static List<Usage> fees(String text) {
        return text.lines().map(line -> line.split(" ", -1)).map(SettlementTerms::fee).toList();
    }

    private static Usage fee(String[] words) {
        if (words.length != 3) {
            throw new IllegalArgumentException("not a tool, a unit and a count: " + words.length);
        }
        Unit unit = Unit.labelled(words[1]);
        return new Usage(words[0], null, Map.of(unit, Long.valueOf(words[2])));
    }

    private static @Nullable Long number(Map<String, String> words, String name) {
        String text = words.get(name);
        return text == null ? null : Long.valueOf(text);
    }

    private static void put(Map<String, String> words, String name, @Nullable String value) {
        if (value != null) {
            words.put(name, value);
        }
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
