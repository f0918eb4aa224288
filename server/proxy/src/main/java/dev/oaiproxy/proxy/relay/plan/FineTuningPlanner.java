package dev.oaiproxy.proxy.relay.plan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
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
import dev.oaiproxy.proxy.relay.exchange.UpstreamErrors;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Bounds the cost of a fine-tuning job: each byte of its file counts as a token per epoch. */
record FineTuningPlanner(InputFiles files) {
    private static final int OK = 200;
    private static final long MOST_BYTES = 1L << 30;
    private static final JsonFactory JSON = new JsonFactory();

    /** Names of content outside the file, whose cost the file's size does not bound. */
    private static final Set<String> ELSEWHERE =
            Set.of(
                    "image_url",
                    "input_image",
                    "input_audio",
                    "input_file",
                    "file_id",
                    "image_file");

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
        long bytes = files.read(key, () -> bytes(file));
        Surcharge.Units epochs = (Surcharge.Units) facts.extras().getFirst();
        long tokens = Math.multiplyExact(epochs.most(), bytes);
        if (tokens > Usage.LARGEST_COUNT) {
            throw refused("The training file is too large.");
        }
        Surcharge most = new Surcharge.Units(epochs.row(), Unit.TRAINING, tokens);
        return facts.withInputBound(0).withExtras(List.of(most));
    }

    /** The size of a file in bytes; refuses a file that has more than text. */
    private long bytes(String id) {
        try (UpstreamResponse response = files.open(id)) {
            if (response.status() != OK) {
                throw refused("This proxy cannot read the training file.");
            }
            return read(new Counted(response.body()));
        } catch (UpstreamException e) {
            throw new RefusedException(UpstreamErrors.refusal(e));
        }
    }

    private static long read(Counted in) {
        try (JsonParser json = JSON.createParser(in)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                boolean text = token == JsonToken.FIELD_NAME || token == JsonToken.VALUE_STRING;
                if (text && ELSEWHERE.contains(json.getText())) {
                    throw refused(
                            "This proxy cannot limit the cost of training on images, audio or"
                                    + " files; use text only.");
                }
                if (in.count > MOST_BYTES) {
                    throw refused("The training file is too large.");
                }
            }
        } catch (IOException e) {
            throw refused("The training file cannot be read, or is not JSON Lines.");
        }
        if (in.count == 0) {
            throw refused("The training file is empty.");
        }
        return in.count;
    }

    private static RefusedException refused(String why) {
        return RefusedException.malformed(why, "training_file");
    }

    private static final class Counted extends FilterInputStream {
        private long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
