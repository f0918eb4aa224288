package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds an alternative to a model: of the same kind, and allowed for the key.
 *
 * @param at the time at which it must have a price
 */
public record SimilarModels(Key key, PriceBook prices, Instant at) {
    /** Words in the names of models for special purposes. */
    private static final Set<String> SPECIAL =
            Set.of(
                    "pro",
                    "codex",
                    "search",
                    "research",
                    "audio",
                    "preview",
                    "cyber",
                    "review",
                    "use",
                    "latest",
                    "instruct");

    private record Candidate(ModelPrice price, Usd cost) {}

    /**
     * The most expensive of the models with the most similar names.
     *
     * @param cost the ceiling of the call at a model; empty if it would not fit
     */
    public Optional<String> nearest(ModelPrice asked, Function<ModelPrice, Optional<Usd>> cost) {
        return prices.names().stream()
                .flatMap(name -> prices.find(name, at).stream())
                .filter(price -> isLike(price, asked))
                .flatMap(price -> cost.apply(price).stream().map(usd -> new Candidate(price, usd)))
                .max(
                        Comparator.<Candidate>comparingInt(one -> alike(one.price(), asked))
                                .thenComparing(Candidate::cost))
                .map(one -> one.price().name());
    }

    private boolean isLike(ModelPrice price, ModelPrice asked) {
        return price.kind() == asked.kind()
                && !price.name().equals(asked.name())
                && key.allows(price.name())
                && words(asked.name()).containsAll(special(price.name()));
    }

    private static List<String> words(String name) {
        return Arrays.asList(name.split("[-:]"));
    }

    private static List<String> special(String name) {
        return words(name).stream().filter(SPECIAL::contains).toList();
    }

    /** The length of the common prefix of two names. */
    private static int alike(ModelPrice one, ModelPrice other) {
        int same = Arrays.mismatch(one.name().toCharArray(), other.name().toCharArray());
        return same < 0 ? one.name().length() : same;
    }
}
