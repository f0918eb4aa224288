package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.price.Pricer;
import dev.oaiproxy.metering.price.PricingResult;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.upstream.Upstream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What a fine-tuning job can cost at the most: all bytes of its file, each time, as tokens. */
final class FineTuningPlanner {
    private final TrainingFile files;
    private final FileReadLimits reads;

    FineTuningPlanner(Upstream upstream, FileReadLimits reads) {
        this.files = new TrainingFile(upstream);
        this.reads = reads;
    }

    /** What came of it. */
    sealed interface Outcome {
        record Bounded(RequestFacts facts) implements Outcome {}

        record Refused(Refusal why) implements Outcome {}
    }

    /**
     * Bounds a job.
     *
     * @param facts of which the file is what to train on, and the only extra how often it is gone
     *     through
     */
    Outcome bound(Key key, RequestFacts facts, PriceBook prices, Instant at) {
        Optional<ModelPrice> price = prices.find(facts.model(), at);
        Usage one = new Usage(null, null, Map.of(Unit.TRAINING, 1L));
        if (price.isEmpty() || Pricer.price(price.get(), one) instanceof PricingResult.Unpriced) {
            return new Outcome.Refused(new Refusal.Unpriced(facts.model()));
        }
        Refusal broke = reads.objection(key);
        return broke == null
                ? reads.read(key, () -> weighed(facts))
                        .orElseGet(() -> new Outcome.Refused(new Refusal.Crowded()))
                : new Outcome.Refused(broke);
    }

    private Outcome weighed(RequestFacts facts) {
        return switch (files.weigh(Objects.requireNonNull(facts.file(), "no training file"))) {
            case TrainingFile.Outcome.Refused refused -> new Outcome.Refused(refused.why());
            case TrainingFile.Outcome.Weighed weighed -> bounded(facts, weighed.bytes());
        };
    }

    private static Outcome bounded(RequestFacts facts, long bytes) {
        Surcharge.Units epochs = (Surcharge.Units) facts.extras().getFirst();
        long tokens = Math.multiplyExact(epochs.most(), bytes);
        if (tokens > Usage.LARGEST_COUNT) {
            return new Outcome.Refused(
                    new Refusal.Malformed("The training file is too large.", "training_file"));
        }
        Surcharge most = new Surcharge.Units(epochs.row(), Unit.TRAINING, tokens);
        return new Outcome.Bounded(facts.withInputBound(0).withExtras(List.of(most)));
    }
}
