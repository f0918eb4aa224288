package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Pricer;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.proxy.relay.exchange.Remedy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Finds single changes that make a refused call fit. They are priced like the call itself, with a
 * margin for the bytes that the change adds to the request.
 *
 * @param asked the call as requested
 * @param closer the same call with its input counted
 * @param free the amount that it must fit into
 */
record RemedyFinder(
        MeteredRequest asked, MeteredRequest closer, Usd free, long floorTokens, Instant at) {
    /** Input tokens that a change may add. */
    private static final long MARGIN_TOKENS = 64;

    /** The lowest limit that OpenAI accepts for a response. */
    private static final long LEAST_OUTPUT = 16;

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
        Optional<String> field = closer.meter().outputLimit();
        long most = OutputClamp.of(closer, floorTokens).floor() - 1;
        if (field.isEmpty() || most < LEAST_OUTPUT) {
            return Optional.empty();
        }
        return new OutputClamp(roomy(closer).maxUsage(), most, LEAST_OUTPUT)
                .within(free, 1)
                .map(clamp -> Objects.requireNonNullElse(clamp.tokens(), most))
                .map(tokens -> new Remedy.OutputLimit(field.get(), tokens));
    }

    private static MeteredRequest tier(MeteredRequest request) {
        return request.meter().takesServiceTier()
                ? request.with(request.facts().withServiceTier("default"))
                : request;
    }

    private static MeteredRequest withoutTools(MeteredRequest request) {
        return request.with(request.facts().with(RequestFacts.Tools.NONE));
    }

    private Optional<String> otherModel() {
        MeteredRequest basis = isForAnyModel() ? closer : asked;
        return basis.meter().isComparable() && !billsByItsName(basis)
                ? new SimilarModels(basis.key(), basis.prices(), at)
                        .nearest(basis.price(), price -> cost(basis.facts(), basis.with(price)))
                : Optional.empty();
    }

    /** The ceiling at another model, if the call fits there and keeps that model's limits. */
    private Optional<Usd> cost(RequestFacts facts, MeteredRequest request) {
        Long limit = facts.output().maxTokens();
        boolean takes =
                (limit == null || limit <= request.price().mostOutput())
                        && (facts.serviceTier() == null
                                || Pricer.offers(request.price(), facts.serviceTier()));
        return takes && fits(request)
                ? Optional.of(Pricer.ceiling(request.maxUsage()))
                : Optional.empty();
    }

    /** False when the count includes pictures or files, which each model counts differently. */
    private boolean isForAnyModel() {
        RequestFacts.Input input = asked.facts().input();
        boolean pictures = !input.pictures().isEmpty();
        return input.bounded() && (!pictures || !closer.facts().input().pictures().isEmpty());
    }

    /** True when a surcharge is billed by the name of the model. */
    private static boolean billsByItsName(MeteredRequest request) {
        return request.facts().extras().stream()
                .anyMatch(surcharge -> surcharge.row().equals(request.facts().model()));
    }

    /** True when a call would be admitted, with a clamped output if necessary. */
    private boolean fits(MeteredRequest request) {
        try {
            return OutputClamp.of(roomy(request), floorTokens).least().compareTo(free) <= 0;
        } catch (ArithmeticException outOfRange) {
            return false;
        }
    }

    private static MeteredRequest roomy(MeteredRequest request) {
        return request.with(request.facts().withMoreInput(MARGIN_TOKENS));
    }
}
