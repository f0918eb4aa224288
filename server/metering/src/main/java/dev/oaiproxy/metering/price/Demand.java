package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.catalogue.Extra;
import dev.oaiproxy.metering.catalogue.Meter;
import dev.oaiproxy.metering.catalogue.RequestFacts;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a request can consume, with every price that it can fall under.
 *
 * @param price that of its model
 * @param rows those of what may be billed beside the model, by their names
 * @param toolTokens what hosted tools are taken to add to it
 */
public record Demand(
        ModelPrice price, RequestFacts facts, Map<String, ModelPrice> rows, ToolTokens toolTokens) {
    public Demand {
        rows = Map.copyOf(rows);
    }

    /** What hosted tools add to it is bounded by the model alone. */
    public Demand(ModelPrice price, RequestFacts facts, Map<String, ModelPrice> rows) {
        this(price, facts, rows, ToolTokens.NONE);
    }

    /** What came of looking the prices up. */
    public sealed interface Lookup {
        record Found(Demand demand) implements Lookup {}

        /** There is no price of that name, so the call could be free. */
        record Unpriced(String name) implements Lookup {}
    }

    /** Looks up all prices of a request. */
    public static Lookup of(PriceBook book, RequestFacts facts, Instant at) {
        Optional<ModelPrice> main = book.find(facts.model(), at);
        if (main.isEmpty()) {
            return new Lookup.Unpriced(facts.model());
        }
        Map<String, ModelPrice> rows = new HashMap<>();
        for (Extra extra : extras(facts).toList()) {
            Optional<ModelPrice> row = book.find(extra.row(), at);
            if (row.isEmpty() || !isBillable(extra, row.get(), main.get())) {
                return new Lookup.Unpriced(extra.row());
            }
            rows.put(extra.row(), row.get());
        }
        return new Lookup.Found(new Demand(main.get(), facts, rows, book.toolTokens()));
    }

    private static Stream<Extra> extras(RequestFacts facts) {
        return Stream.concat(facts.extras().stream(), facts.tools().reach().stream())
                .flatMap(Extra::all)
                .filter(Extra::hasRow);
    }

    /** Of its own units a model bills those that it has a rate for, and a tool has one unit. */
    private static boolean isBillable(Extra extra, ModelPrice row, ModelPrice main) {
        return switch (extra) {
            case Extra.Units units ->
                    row.name().equals(main.name())
                            || row.rates().standard().containsKey(units.unit());
            case Extra.Run _ -> row.kind() == Kind.IMAGE;
            case Extra.Author _ -> row.kind().serves(Meter.RESPONSE);
            case Extra.Tokens _, Extra.Compaction _ -> true;
        };
    }

    /** The same request at another model, whose tools cost the same. */
    public Demand at(ModelPrice other) {
        return new Demand(other, facts, rows, toolTokens);
    }

    /** Whether a closer bound of what goes in makes a smaller one of the cost. */
    public boolean readsNoMoreThanIsKnown() {
        return toolTokens.found(facts.tools()).isPresent();
    }

    /** The same demand, of a request that asks for less. */
    public Demand with(RequestFacts fewer) {
        return new Demand(price, fewer, rows, toolTokens);
    }
}
