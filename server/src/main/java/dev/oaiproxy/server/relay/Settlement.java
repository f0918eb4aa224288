package dev.oaiproxy.server.relay;

import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.price.ModelPrice;
import dev.oaiproxy.server.price.PriceBook;
import dev.oaiproxy.server.price.Pricer;
import dev.oaiproxy.server.price.Pricing;
import dev.oaiproxy.server.quota.Hold;
import dev.oaiproxy.server.quota.Order;
import dev.oaiproxy.server.upstream.Headers;
import dev.oaiproxy.server.upstream.UpstreamException;
import dev.oaiproxy.server.usage.Reading;
import dev.oaiproxy.server.usage.Unit;
import dev.oaiproxy.server.usage.Usage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the hold of one call ends: turns what was understood of the answer into its one ending. */
final class Settlement implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Settlement.class.getName());

    private final PriceBook prices;
    private final Order order;
    private final Hold hold;
    private final Recorder recorder;
    private final long startNanos = System.nanoTime();
    private @Nullable Usd cost;

    Settlement(PriceBook prices, Order order, Hold hold, Recorder recorder) {
        this.prices = prices;
        this.order = order;
        this.hold = hold;
        this.recorder = recorder;
    }

    Recorder recorder() {
        return recorder;
    }

    boolean hasEnded() {
        return hold.hasEnded();
    }

    /** Charges what a reading says; what it does not say is charged at the hold. */
    boolean settle(Reading reading, int status) {
        return switch (reading) {
            case Reading.Complete complete -> charge(complete, status);
            case Reading.Pending _ -> estimate("the answer has not ended", status);
            case Reading.Missing missing ->
                    estimate(
                            missing.failed()
                                    ? "the answer failed without stating its usage"
                                    : "the answer ended without stating its usage",
                            status);
            case Reading.Contradictory odd ->
                    estimate("the usage contradicts itself: " + odd.why(), status);
        };
    }

    /** Charges the whole hold, because what the call cost cannot be known. */
    boolean estimate(String reason, int status) {
        return ended("estimated", hold.amount(), hold.estimate(reason, status));
    }

    /**
     * Charges what was seen of an answer that was cancelled because its client left: exactly, if
     * its usage was among it, else an upper bound of the input and of the text that had come, and
     * never more than the hold. What a model had thought by then cannot be seen.
     */
    boolean cancelled(Reading reading, int status) {
        if (reading instanceof Reading.Complete complete) {
            return charge(complete, status);
        }
        long input = order.facts().input().bound();
        Map<Unit, Long> units = Map.of(Unit.INPUT, input, Unit.OUTPUT, recorder.seen());
        Usage seen = new Usage(null, null, units);
        String reason = "the client hung up, and the answer was cancelled: estimated";
        if (Pricer.price(order.price(), seen) instanceof Pricing.Priced priced
                && priced.charge().cost().compareTo(hold.amount()) < 0) {
            Hold.Cost bound =
                    new Hold.Cost(priced.charge(), seen, order.price().name(), status, reason);
            return ended("estimated", priced.charge().cost(), hold.estimate(bound));
        }
        return estimate(reason, status);
    }

    /** Gives the hold back. */
    boolean release(String reason, int status) {
        return ended("released", Usd.ZERO, hold.release(reason, status));
    }

    /** Ends the hold of a call that got no answer, or not the whole of one. */
    void noAnswer(UpstreamException e) {
        if (hasEnded()) {
            return;
        }
        switch (e.kind()) {
            case NOT_SENT -> release("OpenAI could not be reached", 0);
            case UNKNOWN ->
                    estimate(
                            e.isTimeout()
                                    ? "OpenAI did not answer in time"
                                    : "the connection to OpenAI broke",
                            0);
        }
    }

    /** The headers of an answer, with what the proxy adds. */
    Headers mark(Headers headers) {
        Headers marked = headers.with("x-oaiproxy-call-id", hold.id().toString());
        Usd known = cost;
        if (known != null) {
            marked = marked.with("x-oaiproxy-cost-usd", known.toString());
        }
        Usd remaining = hold.remaining();
        if (remaining == null) {
            return marked;
        }
        Usd back = known == null ? Usd.ZERO : hold.amount().minus(known);
        return marked.with("x-oaiproxy-remaining-usd", remaining.plus(back).toString());
    }

    /** The last resort: a call that nothing else has ended is charged at its hold. */
    @Override
    public void close() {
        if (!hasEnded()) {
            estimate("the proxy failed while answering", 0);
        }
        recorder.file(hold.id());
    }

    private boolean charge(Reading.Complete answer, int status) {
        ModelPrice asked = order.price();
        Instant at = hold.id().madeAt();
        Usage usage = answer.usage();
        Optional<ModelPrice> served =
                usage.model() == null ? Optional.of(asked) : prices.find(usage.model(), at);
        ModelPrice price = served.orElse(asked);
        return switch (Pricer.price(price, answer, row -> prices.find(row, at))) {
            case Pricing.Unpriced unpriced ->
                    estimate("no rate for " + unpriced.unit().label(), status);
            case Pricing.Priced priced -> {
                String remark =
                        served.isPresent() ? null : "no price for the model that answered: asked";
                Hold.Cost paid =
                        new Hold.Cost(priced.charge(), usage, price.name(), status, remark);
                yield ended("charged", priced.charge().cost(), hold.charge(paid));
            }
        };
    }

    private boolean ended(String state, Usd amount, boolean durable) {
        cost = amount;
        LOG.log(
                Level.INFO,
                "call={0} user={1} key={2} operation={3} model={4} state={5} usd={6} ms={7}",
                hold.id(),
                order.key().user(),
                order.key().id(),
                order.operation(),
                order.price().name(),
                state,
                amount,
                Long.toString((System.nanoTime() - startNanos) / 1_000_000));
        return durable;
    }
}
