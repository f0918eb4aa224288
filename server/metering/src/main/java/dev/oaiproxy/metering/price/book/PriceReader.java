package dev.oaiproxy.metering.price.book;

import dev.oaiproxy.metering.money.Unit;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one model of the price book. */
final class PriceReader {
    /** Fields of a model that its prices may override. */
    private static final Set<String> INHERITED =
            Set.of(
                    "aliases",
                    "context_window",
                    "max_input_tokens",
                    "max_output_tokens",
                    "image_input",
                    "image_output");

    private static final Set<String> MODEL_FIELDS =
            with("name", "kind", "regional_uplift", "shutdown", "prices");
    private static final Set<String> PRICE_FIELDS =
            with("from", "until", "rates", "long_context", "source");
    private static final Pattern TOKENS = Pattern.compile("[1-9][0-9]{0,11}");
    private static final Set<String> QUALITIES = Set.of("low", "medium", "high");

    private final YamlNode model;
    private final String name;
    private final ModelKind modelKind;
    private final BigDecimal uplift;

    private PriceReader(YamlNode model, String name, Processing processing) {
        this.model = model;
        this.name = name;
        this.modelKind = model.field("kind").as(ModelKind::labelled);
        BigDecimal listed = model.optional("regional_uplift", node -> node.as(PriceReader::factor));
        boolean regional = processing == Processing.REGIONAL;
        this.uplift = listed == null || !regional ? BigDecimal.ONE : listed;
    }

    /** A model of the file with its dated prices. It has none if it is not sold. */
    record Model(
            YamlNode node,
            String name,
            ModelKind modelKind,
            @Nullable LocalDate shutdown,
            List<ModelPrice> prices) {}

    /**
     * Reads a model.
     *
     * @param processing where OpenAI processes the calls
     */
    static Model read(YamlNode unnamed, Processing processing) {
        String name = unnamed.field("name").text();
        YamlNode node = unnamed.at(name);
        node.allowOnly(MODEL_FIELDS);
        PriceReader reader = new PriceReader(node, name, processing);
        LocalDate shutdown = node.optional("shutdown", day -> day.as(PriceReader::day));
        List<ModelPrice> prices = node.field("prices").items().stream().map(reader::price).toList();
        return new Model(node, name, reader.modelKind, shutdown, prices);
    }

    private ModelPrice price(YamlNode node) {
        node.allowOnly(PRICE_FIELDS);
        ModelLimits limits = limits(node);
        RateCard rates = card(node.field("rates"));
        LongContext step = node.optional("long_context", PriceReader::step);
        List<String> aliases = orEmpty(inherited(node, "aliases", YamlNode::texts));
        List<String> sources = orEmpty(node.optional("source", YamlNode::texts));
        Instant from = node.optional("from", date -> date.as(PriceReader::midnight));
        Instant until = node.optional("until", date -> date.as(PriceReader::midnight));
        ValidityPeriod validity = node.made(() -> new ValidityPeriod(from, until));
        return node.made(
                () ->
                        new ModelPrice(
                                        name, aliases, modelKind, limits, validity, rates, step,
                                        sources)
                                .withTokensTimes(uplift));
    }

    /** The value of a field of a price, else that of its model. */
    private <T> @Nullable T inherited(YamlNode price, String field, Function<YamlNode, T> reader) {
        return (price.has(field) ? price : model).optional(field, reader);
    }

    private static Set<String> with(String... own) {
        Set<String> all = new HashSet<>(INHERITED);
        Collections.addAll(all, own);
        return all;
    }

    private static List<String> orEmpty(@Nullable List<String> texts) {
        return texts == null ? List.of() : texts;
    }

    private ModelLimits limits(YamlNode price) {
        Long window = limit(price, "context_window");
        Long input = limit(price, "max_input_tokens");
        Long output = limit(price, "max_output_tokens");
        ImageInput images = inherited(price, "image_input", ImageInputReader::read);
        Map<String, Long> qualities = inherited(price, "image_output", PriceReader::qualities);
        return price.made(
                () ->
                        new ModelLimits(
                                window,
                                input,
                                output,
                                images,
                                qualities == null ? Map.of() : qualities));
    }

    private @Nullable Long limit(YamlNode price, String field) {
        return inherited(price, field, node -> node.as(PriceReader::tokens));
    }

    private static Map<String, Long> qualities(YamlNode node) {
        node.allowOnly(QUALITIES);
        Map<String, Long> tokens = new HashMap<>();
        for (String quality : node.names()) {
            tokens.put(quality, node.field(quality).as(PriceReader::tokens));
        }
        return tokens;
    }

    private static LongContext step(YamlNode node) {
        node.allowOnly(Set.of("above_input_tokens", "rates"));
        long above = node.field("above_input_tokens").as(PriceReader::tokens);
        return new LongContext(above, card(node.field("rates")));
    }

    private static RateCard card(YamlNode node) {
        Map<ServiceTier, Map<Unit, Rate>> tiers = new EnumMap<>(ServiceTier.class);
        for (String label : node.names()) {
            YamlNode rates = node.field(label);
            tiers.put(rates.made(() -> ServiceTier.labelled(label)), rates(rates));
        }
        return node.made(() -> new RateCard(tiers));
    }

    private static Map<Unit, Rate> rates(YamlNode node) {
        Map<Unit, Rate> rates = new EnumMap<>(Unit.class);
        for (String label : node.names()) {
            Unit unit = unit(node.field(label), label);
            rates.put(unit, node.field(label).as(text -> Rate.parse(text, Rate.per(unit))));
        }
        return rates;
    }

    private static Unit unit(YamlNode node, String label) {
        try {
            return Unit.labelled(label);
        } catch (IllegalArgumentException unknown) {
            throw node.wrong("no such unit");
        }
    }

    /** Parses a number of tokens, at least 1. */
    static long tokens(String text) {
        if (!TOKENS.matcher(text).matches()) {
            throw new IllegalArgumentException("not a number of tokens: '" + text + "'");
        }
        return Long.parseLong(text);
    }

    /** Parses a factor from 1 to 10. */
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
