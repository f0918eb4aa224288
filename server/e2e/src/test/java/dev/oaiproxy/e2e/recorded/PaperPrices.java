package dev.oaiproxy.e2e.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An independent price calculation: a tree of YAML and decimal arithmetic. It shares no code with
 * the server, so an error passes only if both have the same one.
 */
final class PaperPrices {
    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
    private static final Set<String> SINGLE =
            Set.of("seconds", "web_search", "file_search", "container_minutes");
    private static final Set<String> PREMIUM = Set.of("priority", "ultrafast");

    /** The consumed units of one row of the book. */
    record Part(String row, String tier, Map<String, Long> units) {}

    private final Map<String, JsonNode> rows = new HashMap<>();
    private final Map<String, String> kinds = new HashMap<>();

    /**
     * Reads the prices of a book that are valid on a day.
     *
     * @param day such as 2026-11-30
     */
    PaperPrices(Path book, String day) {
        try {
            new ObjectMapper(new YAMLFactory())
                    .readTree(book.toFile())
                    .path("models")
                    .forEach(model -> take(model, day));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(JsonNode model, String day) {
        for (JsonNode price : model.path("prices")) {
            boolean begun = price.path("from").asText("0").compareTo(day) <= 0;
            if (begun && price.path("until").asText("9").compareTo(day) > 0) {
                rows.put(model.path("name").asText(), price);
                kinds.put(model.path("name").asText(), model.path("kind").asText());
            }
        }
    }

    /** The models of a kind that have a rate for a unit, in the order of their names. */
    List<String> models(String kind, String unit) {
        return rows.keySet().stream()
                .filter(name -> kind.equals(kinds.get(name)) && !name.contains(":"))
                .filter(name -> bills(name, unit))
                .sorted()
                .toList();
    }

    String kind(String model) {
        return String.valueOf(kinds.get(model));
    }

    boolean bills(String model, String unit) {
        return row(model).path("rates").path("standard").has(unit);
    }

    /** The tiers at which a model is sold for synchronous calls. */
    List<String> tiers(String model) {
        return Stream.of("standard", "flex", "priority", "ultrafast")
                .filter(tier -> row(model).path("rates").has(tier))
                .toList();
    }

    /** The input tokens above which a call costs more; 0 for none. */
    long step(String model) {
        return row(model).path("long_context").path("above_input_tokens").asLong();
    }

    /** The cost of several parts, rounded once, half up to the nano-dollar. */
    BigDecimal cost(List<Part> parts) {
        return parts.stream()
                .map(this::exact)
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .setScale(9, RoundingMode.HALF_UP);
    }

    private BigDecimal exact(Part part) {
        JsonNode row = row(part.row());
        long step = step(part.row());
        boolean beyond = step > 0 && input(part.units()) > step;
        BigDecimal sum = BigDecimal.ZERO;
        for (Map.Entry<String, Long> unit : part.units().entrySet()) {
            if (unit.getValue() > 0) {
                BigDecimal rate = rate(row, part.tier(), beyond, unit.getKey());
                BigDecimal many = BigDecimal.valueOf(unit.getValue());
                sum =
                        sum.add(
                                rate.multiply(
                                        SINGLE.contains(unit.getKey())
                                                ? many
                                                : many.divide(MILLION)));
            }
        }
        return sum;
    }

    private static long input(Map<String, Long> units) {
        return units.entrySet().stream()
                .filter(unit -> unit.getKey().matches(".*input|cache_write.*"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** If a tier is not sold above the step, the dearest candidate applies. */
    private static BigDecimal rate(JsonNode row, String tier, boolean beyond, String unit) {
        JsonNode near = row.path("rates");
        JsonNode far = row.path("long_context").path("rates");
        if (!beyond) {
            return listed(near, tier, unit);
        }
        if (far.has(tier)) {
            return listed(far, tier, unit);
        }
        BigDecimal dearest = listed(near, tier, unit).max(listed(far, "standard", unit));
        for (Map.Entry<String, JsonNode> other : far.properties()) {
            boolean counts = PREMIUM.contains(tier);
            dearest = counts ? dearest.max(listed(far, other.getKey(), unit)) : dearest;
        }
        return dearest;
    }

    private static BigDecimal listed(JsonNode rates, String tier, String unit) {
        BigDecimal own = own(rates, rates.has(tier) ? tier : "standard", unit);
        if (own == null) {
            throw new AssertionError("no rate for " + unit + " in " + rates);
        }
        return own;
    }

    /** The rate in the book, or the rate of the fallback unit that the head of the book names. */
    private static @Nullable BigDecimal own(JsonNode rates, String tier, String unit) {
        JsonNode here = rates.path(tier);
        if (here.has(unit)) {
            return here.path(unit).decimalValue();
        }
        BigDecimal plainer =
                switch (unit) {
                    case "cached_input", "cache_write", "image_input" -> own(rates, tier, "input");
                    case "cache_write_12h" ->
                            here.has("cache_write")
                                    ? here.path("cache_write")
                                            .decimalValue()
                                            .add(here.path("cache_write").decimalValue())
                                    : own(rates, tier, "input");
                    case "audio_cached_input" -> own(rates, tier, "audio_input");
                    case "image_cached_input" ->
                            own(
                                    rates,
                                    tier,
                                    here.has("image_input") ? "image_input" : "cached_input");
                    default -> null;
                };
        return plainer == null && !tier.equals("standard") ? own(rates, "standard", unit) : plainer;
    }

    private JsonNode row(String name) {
        JsonNode row = rows.get(name);
        if (row == null) {
            throw new AssertionError("the book has no row " + name);
        }
        return row;
    }
}
