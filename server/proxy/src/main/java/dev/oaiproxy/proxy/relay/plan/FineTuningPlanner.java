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
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Bounds the cost of a fine-tuning job: each byte of its file counts as a token per epoch. */
final class FineTuningPlanner {
    private final InputFiles files;
    private final TrainingFile trainingFile;

    FineTuningPlanner(InputFiles files) {
        this.files = files;
        this.trainingFile = new TrainingFile(files);
    }

    /**
     * Bounds a job, or refuses it.
     *
     * @param facts names the file to train on; its only extra is the number of epochs
     */
    RequestFacts bound(Key key, RequestFacts facts, PriceBook prices, Instant at) {
        Optional<ModelPrice> price = prices.find(facts.model(), at);
        Usage one = new Usage(null, null, Map.of(Unit.TRAINING, 1L));
        if (price.isEmpty() || Pricer.price(price.get(), one) instanceof PricingResult.Unpriced) {
            throw new RefusedException(new Refusal.Unpriced(facts.model()));
        }
        files.requireFunds(key);
        String file = Objects.requireNonNull(facts.file(), "no training file");
        long bytes = files.read(key, () -> trainingFile.bytes(file));
        Surcharge.Units epochs = (Surcharge.Units) facts.extras().getFirst();
        long tokens = Math.multiplyExact(epochs.most(), bytes);
        if (tokens > Usage.LARGEST_COUNT) {
            throw RefusedException.malformed("The training file is too large.", "training_file");
        }
        Surcharge most = new Surcharge.Units(epochs.row(), Unit.TRAINING, tokens);
        return facts.withInputBound(0).withExtras(List.of(most));
    }
}
