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
        List<ImportedModel> offers = new ArrayList<>();
        for (JsonNode provider : list) {
            if (provider.path("id").asText().equals("openai")) {
                provider.path("models").forEach(model -> offers.add(offer(model)));
            }
        }
        return offers;
    }

    private static ImportedModel offer(JsonNode model) {
        String name = model.path("id").asText();
        List<ImportedRates> sheets = sheets(model.path("prices"));
        JsonNode window = model.path("context_window");
        ModelLimits limits =
                new ModelLimits(window.isIntegralNumber() ? window.asLong() : null, null, null);
        List<String> aliases = new ArrayList<>();
        aliases(model.path("match"), aliases);
        aliases.remove(name);
        return new ImportedModel(name, aliases, kind(name, sheets), limits, sheets);
    }

    private static void aliases(JsonNode match, List<String> names) {
        if (match.has("equals")) {
            names.add(match.path("equals").asText());
        }
        match.path("or").forEach(clause -> aliases(clause, names));
    }

    /** The terms, newest first. Of terms without a date the last one holds, as in that list. */
    private static List<ImportedRates> sheets(JsonNode prices) {
        List<ImportedRates> sheets = new ArrayList<>();
        if (prices.isObject()) {
            sheets.add(sheet(prices, null));
        }
        if (prices.isArray()) {
            for (JsonNode dated : prices) {
                JsonNode constraint = dated.path("constraint");
                if (constraint.isMissingNode() || constraint.has("start_date")) {
                    String from = constraint.path("start_date").asText(null);
                    sheets.removeIf(other -> Objects.equals(other.from(), from));
                    sheets.add(sheet(dated.path("prices"), from));
                }
            }
        }
        sheets.sort(
                Comparator.comparing(
                        importedRates -> Objects.requireNonNullElse(importedRates.from(), "")));
        for (int i = 1; i < sheets.size(); i++) {
            sheets.get(i - 1).end(sheets.get(i).from());
        }
        return sheets.reversed();
    }

    private static ImportedRates sheet(JsonNode prices, @Nullable String from) {
        ImportedRates importedRates = new ImportedRates();
        importedRates.begin(from);
        for (Map.Entry<String, JsonNode> price : prices.properties()) {
            Unit unit = UNITS.get(price.getKey());
            if (unit == null) {
                importedRates.remark("not taken over: " + price.getKey());
            } else {
                put(importedRates, unit, price.getValue());
            }
        }
        return importedRates;
    }

    private static void put(ImportedRates importedRates, Unit unit, JsonNode price) {
        JsonNode base = price.isNumber() ? price : price.path("base");
        if (base.isNumber()) {
            importedRates.put(
                    ServiceTier.STANDARD, 0, unit, Rate.ofDollars(base.decimalValue(), MILLION));
        }
        for (JsonNode step : price.path("tiers")) {
            Rate rate = Rate.ofDollars(step.path("price").decimalValue(), MILLION);
            importedRates.put(ServiceTier.STANDARD, step.path("start").asLong(), unit, rate);
        }
    }

    private static ModelKind kind(String name, List<ImportedRates> sheets) {
        if (name.startsWith("ft:")) {
            return ModelKind.FINE_TUNED_CHAT;
        }
        Map<Unit, Rate> rates = sheets.isEmpty() ? Map.of() : sheets.getFirst().standard();
        if (rates.containsKey(Unit.IMAGE_OUTPUT)) {
            return ModelKind.IMAGE;
        }
        if (rates.containsKey(Unit.AUDIO_OUTPUT)) {
            return name.contains("realtime") ? ModelKind.REALTIME : ModelKind.AUDIO_CHAT;
        }
        return rates.containsKey(Unit.OUTPUT) ? ModelKind.CHAT : ModelKind.EMBEDDING;
    }
}
