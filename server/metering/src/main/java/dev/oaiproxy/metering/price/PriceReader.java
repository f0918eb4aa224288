package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.usage.Unit;
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

    private final Fields model;
    private final String name;
    private final Kind kind;
    private final BigDecimal uplift;

    private PriceReader(Fields model, String name, boolean regional) throws Node.Malformed {
        this.model = model;
        this.name = name;
        this.kind = model.value("kind", Kind::labelled);
        BigDecimal listed =
                model.has("regional_uplift")
                        ? model.value("regional_uplift", PriceReader::factor)
                        : BigDecimal.ONE;
        this.uplift = regional ? listed : BigDecimal.ONE;
    }

    /** A model of the file, with its dated prices; none when it is not sold. */
    record Model(
            String name,
            Kind kind,
            int line,
            @Nullable LocalDate shutdown,
            List<ModelPrice> prices) {}

    /**
     * Reads a model.
     *
     * @param regional whether calls go to a regional host, which asks more for tokens
     */
    static Model read(Node node, boolean regional) throws Node.Malformed {
        Fields unnamed = Fields.of(node, "models");
        String name = unnamed.value("name", text -> text);
        Fields fields = new Fields(unnamed.node(), name);
        fields.allowOnly(MODEL_FIELDS);
        PriceReader reader = new PriceReader(fields, name, regional);
        LocalDate shutdown =
                fields.has("shutdown") ? fields.value("shutdown", PriceReader::day) : null;
        return new Model(name, reader.kind, node.line(), shutdown, reader.prices());
    }

    private List<ModelPrice> prices() throws Node.Malformed {
        List<ModelPrice> prices = new ArrayList<>();
        for (Node item : model.items("prices")) {
            prices.add(price(Fields.of(item, name + ".prices")));
        }
        return prices;
    }

    private ModelPrice price(Fields fields) throws Node.Malformed {
        fields.allowOnly(PRICE_FIELDS);
        Limits limits = limits(fields);
        RateCard rates = card(fields.mapping("rates"));
        LongContext step = fields.has("long_context") ? step(fields.mapping("long_context")) : null;
        List<String> aliases = aliases(fields);
        List<String> sources = fields.has("source") ? fields.texts("source") : List.of();
        Term term = term(fields);
        try {
            return new ModelPrice(name, aliases, kind, limits, term, rates, step, sources)
                    .withTokensTimes(uplift);
        } catch (IllegalArgumentException bad) {
            throw fields.wrong(String.valueOf(bad.getMessage()));
        }
    }

    private List<String> aliases(Fields price) throws Node.Malformed {
        Fields owner = price.has("aliases") ? price : model;
        return owner.has("aliases") ? owner.texts("aliases") : List.of();
    }

    private Limits limits(Fields price) throws Node.Malformed {
        Long window = limit(price, "context_window");
        Long input = limit(price, "max_input_tokens");
        Long output = limit(price, "max_output_tokens");
        Fields owner = owner(price, "image_input");
        ImageInput images =
                owner.has("image_input")
                        ? ImageInputReader.read(owner.mapping("image_input"))
                        : null;
        try {
            return new Limits(
                    window, input, output, images, qualities(owner(price, "image_output")));
        } catch (IllegalArgumentException bad) {
            throw price.wrong(String.valueOf(bad.getMessage()));
        }
    }

    private Map<String, Long> qualities(Fields owner) throws Node.Malformed {
        if (!owner.has("image_output")) {
            return Map.of();
        }
        Fields fields = owner.mapping("image_output");
        fields.allowOnly(QUALITIES);
        Map<String, Long> tokens = new HashMap<>();
        for (String quality : fields.node().fields().keySet()) {
            tokens.put(quality, fields.value(quality, PriceReader::tokens));
        }
        return tokens;
    }

    private Fields owner(Fields price, String field) {
        return price.has(field) ? price : model;
    }

    private @Nullable Long limit(Fields price, String field) throws Node.Malformed {
        Fields owner = owner(price, field);
        return owner.has(field) ? owner.value(field, PriceReader::tokens) : null;
    }

    private static Term term(Fields price) throws Node.Malformed {
        Instant from = price.has("from") ? price.value("from", PriceReader::midnight) : null;
        Instant until = price.has("until") ? price.value("until", PriceReader::midnight) : null;
        try {
            return new Term(from, until);
        } catch (IllegalArgumentException bad) {
            throw price.wrong(String.valueOf(bad.getMessage()));
        }
    }

    private static LongContext step(Fields fields) throws Node.Malformed {
        fields.allowOnly(Set.of("above_input_tokens", "rates"));
        long above = fields.value("above_input_tokens", PriceReader::tokens);
        return new LongContext(above, card(fields.mapping("rates")));
    }

    private static RateCard card(Fields fields) throws Node.Malformed {
        Map<Tier, Map<Unit, Rate>> tiers = new EnumMap<>(Tier.class);
        for (String label : fields.node().fields().keySet()) {
            tiers.put(tier(fields, label), rates(fields.mapping(label)));
        }
        try {
            return new RateCard(tiers);
        } catch (IllegalArgumentException bad) {
            throw fields.wrong(String.valueOf(bad.getMessage()));
        }
    }

    private static Tier tier(Fields fields, String label) throws Node.Malformed {
        try {
            return Tier.labelled(label);
        } catch (IllegalArgumentException unknown) {
            throw fields.wrong(fields.required(label), label, "no such tier");
        }
    }

    private static Map<Unit, Rate> rates(Fields fields) throws Node.Malformed {
        Map<Unit, Rate> rates = new EnumMap<>(Unit.class);
        for (String label : fields.node().fields().keySet()) {
            Unit unit = unit(fields, label);
            rates.put(unit, fields.value(label, text -> Rate.parse(text, Rate.per(unit))));
        }
        return rates;
    }

    private static Unit unit(Fields fields, String label) throws Node.Malformed {
        try {
            return Unit.labelled(label);
        } catch (IllegalArgumentException unknown) {
            throw fields.wrong(fields.required(label), label, "no such unit");
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
