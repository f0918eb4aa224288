package dev.oaiproxy.server.quota;

import dev.oaiproxy.server.catalogue.Meter;
import dev.oaiproxy.server.catalogue.RequestFacts;
import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.price.ModelPrice;
import dev.oaiproxy.server.price.Pricer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the changes, each on its own, by which a call that was refused would be let through. They
 * are computed as the call itself is, with room for the bytes that the change adds to the request.
 *
 * @param asked the call as it was asked for
 * @param closer the same with its input counted
 * @param free what it must fit into
 */
record Remedies(Order asked, Order closer, Usd free, long floorTokens, Instant at) {
    /** What a change may add to the request, and so to its input. */
    private static final long MARGIN_TOKENS = 64;

    /** OpenAI takes no lower limit for a response. */
    private static final long LEAST_OUTPUT = 16;

    private static final Set<Meter> BY_MODEL =
            EnumSet.of(Meter.CHAT, Meter.RESPONSE, Meter.COMPLETION, Meter.EMBEDDINGS);

    /** Words in the names of models that only some requests are for. */
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

    List<Remedy> find() {
        List<Remedy> found = new ArrayList<>();
        if (free.compareTo(Usd.ZERO) <= 0) {
            return found;
        }
        outputLimit().ifPresent(found::add);
        if (fits(tier(closer))) {
            found.add(new Remedy.DefaultTier());
        }
        if (closer.facts().tools().isHosted() && fits(withoutTools(closer))) {
            found.add(new Remedy.NoTools());
        }
        otherModel().map(Remedy.OtherModel::new).ifPresent(found::add);
        return found;
    }

    private Optional<Remedy> outputLimit() {
        Optional<String> field = limitField(closer.meter());
        long most = Offer.of(closer, floorTokens).floor() - 1;
        if (field.isEmpty() || most < LEAST_OUTPUT) {
            return Optional.empty();
        }
        return new Offer(roomy(closer).demand(), most, LEAST_OUTPUT)
                .within(free, 1)
                .map(clamp -> new Remedy.OutputLimit(field.get(), clamp.tokens()));
    }

    private static Optional<String> limitField(Meter meter) {
        return switch (meter) {
            case CHAT -> Optional.of("max_completion_tokens");
            case COMPLETION -> Optional.of("max_tokens");
            case RESPONSE, RESPONSE_SOCKET -> Optional.of("max_output_tokens");
            default -> Optional.empty();
        };
    }

    private static Order tier(Order order) {
        return order.meter().takesServiceTier()
                ? order.with(order.facts().withServiceTier("default"))
                : order;
    }

    private static Order withoutTools(Order order) {
        return order.with(order.facts().with(RequestFacts.Tools.NONE));
    }

    /** Of the models whose names are most alike, the one that comes nearest in price. */
    private Optional<String> otherModel() {
        Order basis = isForAnyModel() ? closer : asked;
        if (!BY_MODEL.contains(basis.meter()) || billsByItsName(basis)) {
            return Optional.empty();
        }
        return basis.prices().names().stream()
                .flatMap(name -> basis.prices().find(name, at).stream())
                .filter(price -> isLike(price, basis))
                .map(price -> basis.with(price))
                .filter(this::fits)
                .max(
                        Comparator.<Order>comparingInt(order -> alike(order, basis))
                                .thenComparing(order -> Pricer.ceiling(order.demand())))
                .map(order -> order.price().name());
    }

    /**
     * Whether the input was not counted with pictures or files, which each model counts its way.
     */
    private boolean isForAnyModel() {
        RequestFacts.Input input = asked.facts().input();
        boolean pictures = !input.pictures().isEmpty();
        return input.bounded() && (!pictures || !closer.facts().input().pictures().isEmpty());
    }

    /** Whether what is billed beside tokens is named after the model. */
    private static boolean billsByItsName(Order order) {
        return order.facts().extras().stream()
                .anyMatch(extra -> extra.row().equals(order.facts().model()));
    }

    private static boolean isLike(ModelPrice price, Order order) {
        RequestFacts facts = order.facts();
        Long limit = facts.output().maxTokens();
        return price.kind() == order.price().kind()
                && !price.name().equals(order.price().name())
                && order.key().allows(price.name())
                && (limit == null || limit <= price.mostOutput())
                && (facts.serviceTier() == null || Pricer.offers(price, facts.serviceTier()))
                && words(order.price().name()).containsAll(special(price.name()));
    }

    private static List<String> words(String name) {
        return Arrays.asList(name.split("[-:]"));
    }

    private static List<String> special(String name) {
        return words(name).stream().filter(SPECIAL::contains).toList();
    }

    /** How many characters two names begin with alike. */
    private static int alike(Order order, Order basis) {
        String one = order.price().name();
        String other = basis.price().name();
        int same = Arrays.mismatch(one.toCharArray(), other.toCharArray());
        return same < 0 ? one.length() : same;
    }

    /** Whether a call would be let through, if need be with its output limited. */
    private boolean fits(Order order) {
        try {
            return Offer.of(roomy(order), floorTokens).least().compareTo(free) <= 0;
        } catch (ArithmeticException outOfRange) {
            return false;
        }
    }

    private static Order roomy(Order order) {
        return order.with(order.facts().withMoreInput(MARGIN_TOKENS));
    }
}
