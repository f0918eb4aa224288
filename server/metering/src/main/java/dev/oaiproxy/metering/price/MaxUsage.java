package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.price.book.ToolTokens;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The most that a request can consume, with every price that can apply to it.
 *
 * @param price the price of its model
 * @param rows the prices of its surcharges, by their names
 * @param toolTokens the tokens that hosted tools are expected to add
 */
public record MaxUsage(
        ModelPrice price, RequestFacts facts, Map<String, ModelPrice> rows, ToolTokens toolTokens) {
    public MaxUsage {
        rows = Map.copyOf(rows);
    }

    /**
     * The usage of a request where only the limits of the model bound the tokens of hosted tools.
     */
    public MaxUsage(ModelPrice price, RequestFacts facts, Map<String, ModelPrice> rows) {
        this(price, facts, rows, ToolTokens.NONE);
    }

    /** The result of looking up the prices. */
    public sealed interface Lookup {
        record Found(MaxUsage maxUsage) implements Lookup {}

        /** No price has this name, so the call could be free. */
        record NoPrice(String name) implements Lookup {}
    }

    public static Lookup of(PriceBook book, RequestFacts facts, Instant at) {
        Optional<ModelPrice> main = book.find(facts.model(), at);
        if (main.isEmpty()) {
            return new Lookup.NoPrice(facts.model());
        }
        if (facts.extras().isEmpty() && facts.tools().reach().isEmpty()) {
            return new Lookup.Found(new MaxUsage(main.get(), facts, Map.of(), book.toolTokens()));
        }
        Map<String, ModelPrice> rows = new HashMap<>();
        for (Surcharge surcharge : extras(facts).toList()) {
            Optional<ModelPrice> row = book.find(surcharge.row(), at);
            if (row.isEmpty() || !isBillable(surcharge, row.get(), main.get())) {
                return new Lookup.NoPrice(surcharge.row());
            }
            rows.put(surcharge.row(), row.get());
        }
        return new Lookup.Found(new MaxUsage(main.get(), facts, rows, book.toolTokens()));
    }

    private static Stream<Surcharge> extras(RequestFacts facts) {
        return Stream.concat(facts.extras().stream(), facts.tools().reach().stream())
                .flatMap(Surcharge::all)
                .filter(Surcharge::hasRow);
    }

    /** A model bills the units that it has a rate for. A tool has one unit. */
    private static boolean isBillable(Surcharge surcharge, ModelPrice row, ModelPrice main) {
        return switch (surcharge) {
            case Surcharge.Units units ->
                    row.name().equals(main.name())
                            || row.rates().standard().containsKey(units.unit());
            case Surcharge.Run _ -> row.kind() == ModelKind.IMAGE;
            case Surcharge.Author _ -> Meter.RESPONSE.takes(row.kind());
            case Surcharge.Tokens _, Surcharge.Compaction _ -> true;
        };
    }

    /** The same request with another model, whose tools cost the same. */
    public MaxUsage at(ModelPrice other) {
        return new MaxUsage(other, facts, rows, toolTokens);
    }

    /** True if a closer bound of the input lowers the bound of the cost. */
    public boolean readsNoMoreThanIsKnown() {
        return toolTokens.found(facts.tools()).isPresent();
    }

    /** The usage of a request that asks for less. */
    public MaxUsage with(RequestFacts fewer) {
        return new MaxUsage(price, fewer, rows, toolTokens);
    }
}
