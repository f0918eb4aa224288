package dev.oaiproxy.app.offline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelLimits;
import dev.oaiproxy.metering.price.book.Rate;
import dev.oaiproxy.metering.price.book.ServiceTier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code prices/data.json} of pydantic/genai-prices: a list of providers, each with its
 * models. Prices are in USD for a million of a unit, as a number or as a base with steps, and for
 * always or as a list of dated ones. Names are matched by clauses; only exact ones are taken over.
 */
final class GenAiPrices {
    private static final Map<String, Unit> UNITS =
            Map.ofEntries(
                    Map.entry("input_mtok", Unit.INPUT),
                    Map.entry("cache_read_mtok", Unit.CACHED_INPUT),
                    Map.entry("cache_write_mtok", Unit.CACHE_WRITE),
                    Map.entry("output_mtok", Unit.OUTPUT),
                    Map.entry("input_audio_mtok", Unit.AUDIO_INPUT),
                    Map.entry("cache_audio_read_mtok", Unit.AUDIO_CACHED_INPUT),
                    Map.entry("output_audio_mtok", Unit.AUDIO_OUTPUT),
                    Map.entry("input_image_mtok", Unit.IMAGE_INPUT),
                    Map.entry("cache_image_read_mtok", Unit.IMAGE_CACHED_INPUT),
                    Map.entry("output_image_mtok", Unit.IMAGE_OUTPUT));
    private static final long MILLION = 1_000_000;

    private GenAiPrices() {}

    static List<ImportedModel> read(JsonNode list) {
        List<ImportedModel> models = new ArrayList<>();
        for (JsonNode provider : list) {
            if (provider.path("id").asText().equals("openai")) {
                provider.path("models").forEach(model -> models.add(model(model)));
            }
        }
        return models;
    }

    private static ImportedModel model(JsonNode model) {
        String name = model.path("id").asText();
        List<ImportedRates> rates = rates(model.path("prices"));
        JsonNode window = model.path("context_window");
        ModelLimits limits =
                new ModelLimits(window.isIntegralNumber() ? window.asLong() : null, null, null);
        List<String> aliases = new ArrayList<>();
        aliases(model.path("match"), aliases);
        aliases.remove(name);
        return new ImportedModel(name, aliases, kind(name, rates), limits, rates);
    }

    private static void aliases(JsonNode match, List<String> names) {
        if (match.has("equals")) {
            names.add(match.path("equals").asText());
        }
        match.path("or").forEach(clause -> aliases(clause, names));
    }

    /** The terms, newest first. Of terms without a date the last one holds, as in that list. */
    private static List<ImportedRates> rates(JsonNode prices) {
        List<ImportedRates> rates = new ArrayList<>();
        if (prices.isObject()) {
            rates.add(rates(prices, null));
        }
        if (prices.isArray()) {
            for (JsonNode dated : prices) {
                JsonNode constraint = dated.path("constraint");
                if (constraint.isMissingNode() || constraint.has("start_date")) {
                    String from = constraint.path("start_date").asText(null);
                    rates.removeIf(other -> Objects.equals(other.from(), from));
                    rates.add(rates(dated.path("prices"), from));
                }
            }
        }
        rates.sort(Comparator.comparing(term -> Objects.requireNonNullElse(term.from(), "")));
        for (int i = 1; i < rates.size(); i++) {
            rates.get(i - 1).end(rates.get(i).from());
        }
        return rates.reversed();
    }

    private static ImportedRates rates(JsonNode prices, @Nullable String from) {
        ImportedRates rates = new ImportedRates(from);
        for (Map.Entry<String, JsonNode> price : prices.properties()) {
            Unit unit = UNITS.get(price.getKey());
            if (unit == null) {
                rates.remark("not imported: " + price.getKey());
            } else {
                put(rates, unit, price.getValue());
            }
        }
        return rates;
    }

    private static void put(ImportedRates rates, Unit unit, JsonNode price) {
        JsonNode base = price.isNumber() ? price : price.path("base");
        if (base.isNumber()) {
            rates.put(ServiceTier.STANDARD, 0, unit, Rate.ofDollars(base.decimalValue(), MILLION));
        }
        for (JsonNode step : price.path("tiers")) {
            Rate rate = Rate.ofDollars(step.path("price").decimalValue(), MILLION);
            rates.put(ServiceTier.STANDARD, step.path("start").asLong(), unit, rate);
        }
    }

    private static ModelKind kind(String name, List<ImportedRates> rates) {
        if (name.startsWith("ft:")) {
            return ModelKind.FINE_TUNED_CHAT;
        }
        Map<Unit, Rate> newest = rates.isEmpty() ? Map.of() : rates.getFirst().standard();
        if (newest.containsKey(Unit.IMAGE_OUTPUT)) {
            return ModelKind.IMAGE;
        }
        if (newest.containsKey(Unit.AUDIO_OUTPUT)) {
            return name.contains("realtime") ? ModelKind.REALTIME : ModelKind.AUDIO_CHAT;
        }
        return newest.containsKey(Unit.OUTPUT) ? ModelKind.CHAT : ModelKind.EMBEDDING;
    }
}
