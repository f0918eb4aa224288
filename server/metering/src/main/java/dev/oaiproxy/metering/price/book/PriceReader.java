package dev.oaiproxy.metering.price.book;

import dev.oaiproxy.metering.money.Unit;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one model of the price book. */
final class PriceReader {
    private static final Set<String> MODEL_FIELDS =
            Set.of(
                    "name",
                    "aliases",
                    "kind",
                    "context_window",
                    "max_input_tokens",
                    "max_output_tokens",
                    "image_input",
                    "image_output",
                    "regional_uplift",
                    "shutdown",
                    "prices");
    private static final Set<String> PRICE_FIELDS =
            Set.of(
                    "from",
                    "until",
                    "aliases",
                    "context_window",
                    "max_input_tokens",
                    "max_output_tokens",
                    "image_input",
                    "image_output",
                    "rates",
                    "long_context",
                    "source");

    private static final Set<String> QUALITIES = Set.of("low", "medium", "high");

    private final YamlMapping model;
    private final String name;
    private final ModelKind modelKind;
    private final BigDecimal uplift;

    private PriceReader(YamlMapping model, String name, boolean regional)
            throws YamlNode.Malformed {
        this.model = model;
        this.name = name;
        this.modelKind = model.value("kind", ModelKind::labelled);
        BigDecimal listed =
                model.has("regional_uplift")
                        ? model.value("regional_uplift", PriceReader::factor)
                        : BigDecimal.ONE;
        this.uplift = regional ? listed : BigDecimal.ONE;
    }

    /** A model of the file, with its dated prices; none when it is not sold. */
    record Model(
            String name,
            ModelKind modelKind,
            int line,
            @Nullable LocalDate shutdown,
            List<ModelPrice> prices) {}

    /**
     * Reads a model.
     *
     * @param regional whether calls go to a regional host, which asks more for tokens
     */
    static Model read(YamlNode node, boolean regional) throws YamlNode.Malformed {
        YamlMapping unnamed = YamlMapping.of(node, "models");
        String name = unnamed.value("name", text -> text);
        YamlMapping mapping = new YamlMapping(unnamed.node(), name);
        mapping.allowOnly(MODEL_FIELDS);
        PriceReader reader = new PriceReader(mapping, name, regional);
        LocalDate shutdown =
                mapping.has("shutdown") ? mapping.value("shutdown", PriceReader::day) : null;
        return new Model(name, reader.modelKind, node.line(), shutdown, reader.prices());
    }

    private List<ModelPrice> prices() throws YamlNode.Malformed {
        List<ModelPrice> prices = new ArrayList<>();
        for (YamlNode item : model.items("prices")) {
            prices.add(price(YamlMapping.of(item, name + ".prices")));
        }
        return prices;
    }

    private ModelPrice price(YamlMapping mapping) throws YamlNode.Malformed {
        mapping.allowOnly(PRICE_FIELDS);
        ModelLimits limits = limits(mapping);
        RateCard rates = card(mapping.mapping("rates"));
        LongContext step =
                mapping.has("long_context") ? step(mapping.mapping("long_context")) : null;
        List<String> aliases = aliases(mapping);
        List<String> sources = mapping.has("source") ? mapping.texts("source") : List.of();
        ValidityPeriod validity = term(mapping);
        try {
            return new ModelPrice(name, aliases, modelKind, limits, validity, rates, step, sources)
                    .withTokensTimes(uplift);
        } catch (IllegalArgumentException bad) {
            throw mapping.wrong(String.valueOf(bad.getMessage()));
        }
    }

    private List<String> aliases(YamlMapping price) throws YamlNode.Malformed {
        YamlMapping owner = price.has("aliases") ? price : model;
        return owner.has("aliases") ? owner.texts("aliases") : List.of();
    }

    private ModelLimits limits(YamlMapping price) throws YamlNode.Malformed {
        Long window = limit(price, "context_window");
        Long input = limit(price, "max_input_tokens");
        Long output = limit(price, "max_output_tokens");
        YamlMapping owner = owner(price, "image_input");
        ImageInput images =
                owner.has("image_input")
                        ? ImageInputReader.read(owner.mapping("image_input"))
                        : null;
        try {
            return new ModelLimits(
                    window, input, output, images, qualities(owner(price, "image_output")));
        } catch (IllegalArgumentException bad) {
            throw price.wrong(String.valueOf(bad.getMessage()));
        }
    }

    private Map<String, Long> qualities(YamlMapping owner) throws YamlNode.Malformed {
        if (!owner.has("image_output")) {
            return Map.of();
        }
        YamlMapping mapping = owner.mapping("image_output");
        mapping.allowOnly(QUALITIES);
        Map<String, Long> tokens = new HashMap<>();
        for (String quality : mapping.node().fields().keySet()) {
            tokens.put(quality, mapping.value(quality, PriceReader::tokens));
        }
        return tokens;
    }

    private YamlMapping owner(YamlMapping price, String field) {
        return price.has(field) ? price : model;
    }

    private @Nullable Long limit(YamlMapping price, String field) throws YamlNode.Malformed {
        YamlMapping owner = owner(price, field);
        return owner.has(field) ? owner.value(field, PriceReader::tokens) : null;
    }

    private static ValidityPeriod term(YamlMapping price) throws YamlNode.Malformed {
        Instant from = price.has("from") ? price.value("from", PriceReader::midnight) : null;
        Instant until = price.has("until") ? price.value("until", PriceReader::midnight) : null;
        try {
            return new ValidityPeriod(from, until);
        } catch (IllegalArgumentException bad) {
            throw price.wrong(String.valueOf(bad.getMessage()));
        }
    }

    private static LongContext step(YamlMapping mapping) throws YamlNode.Malformed {
        mapping.allowOnly(Set.of("above_input_tokens", "rates"));
        long above = mapping.value("above_input_tokens", PriceReader::tokens);
        return new LongContext(above, card(mapping.mapping("rates")));
    }

    private static RateCard card(YamlMapping mapping) throws YamlNode.Malformed {
        Map<ServiceTier, Map<Unit, Rate>> tiers = new EnumMap<>(ServiceTier.class);
        for (String label : mapping.node().fields().keySet()) {
            tiers.put(tier(mapping, label), rates(mapping.mapping(label)));
        }
        try {
            return new RateCard(tiers);
        } catch (IllegalArgumentException bad) {
            throw mapping.wrong(String.valueOf(bad.getMessage()));
        }
    }

    private static ServiceTier tier(YamlMapping mapping, String label) throws YamlNode.Malformed {
        try {
            return ServiceTier.labelled(label);
        } catch (IllegalArgumentException unknown) {
            throw mapping.wrong(mapping.required(label), label, "no such tier");
        }
    }

    private static Map<Unit, Rate> rates(YamlMapping mapping) throws YamlNode.Malformed {
        Map<Unit, Rate> rates = new EnumMap<>(Unit.class);
        for (String label : mapping.node().fields().keySet()) {
            Unit unit = unit(mapping, label);
            rates.put(unit, mapping.value(label, text -> Rate.parse(text, Rate.per(unit))));
        }
        return rates;
    }

    private static Unit unit(YamlMapping mapping, String label) throws YamlNode.Malformed {
        try {
            return Unit.labelled(label);
        } catch (IllegalArgumentException unknown) {
            throw mapping.wrong(mapping.required(label), label, "no such unit");
        }
    }

    /** A number of tokens, from 1. */
    static long tokens(String text) {
        if (!text.matches("[1-9][0-9]{0,11}")) {
            throw new IllegalArgumentException("not a number of tokens: '" + text + "'");
        }
        return Long.parseLong(text);
    }

    /** A factor from 1 to 10. */
    static BigDecimal factor(String text) {
        if (!text.matches("[1-9](\\.[0-9]{1,6})?")) {
            throw new IllegalArgumentException("not a factor from 1 to 10: '" + text + "'");
        }
        return new BigDecimal(text);
    }

    private static Instant midnight(String date) {
        return day(date).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static LocalDate day(String date) {
        try {
            return LocalDate.parse(date);
        } catch (DateTimeException bad) {
            throw new IllegalArgumentException("not a date: '" + date + "'", bad);
        }
    }
}
