package dev.oaiproxy.proxy.settle;

import dev.oaiproxy.ledger.store.OwnedObjects;
import dev.oaiproxy.ledger.store.PendingSettlements;
import dev.oaiproxy.ledger.store.RecurringCharges;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.operation.ObjectReference;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.usage.Tap;
import dev.oaiproxy.metering.usage.Taps;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Asks for a response by its id. */
final class ResponseInquiry implements Inquiry {
    private final Upstream upstream;
    private final Supplier<PriceBook> prices;
    private final OwnedObjects ownedObjects;
    private final RecurringCharges recurringCharges;

    ResponseInquiry(
            Upstream upstream,
            Supplier<PriceBook> prices,
            OwnedObjects ownedObjects,
            RecurringCharges recurringCharges) {
        this.upstream = upstream;
        this.prices = prices;
        this.ownedObjects = ownedObjects;
        this.recurringCharges = recurringCharges;
    }

    @Override
    public Verdict ask(PendingSettlements.Due due) throws UpstreamException {
        String path = "/responses/" + due.task().objectId();
        try (Answer answer = Fetch.get(upstream, path)) {
            if (answer.status() != Fetch.OK) {
                return Fetch.without(answer);
            }
            ContainerWatch containers = new ContainerWatch();
            Tap tap = Taps.response(Terms.parse(due.task().terms()).response());
            Verdict verdict = verdict(due, tap, read(tap, answer, containers));
            if (!(verdict instanceof Verdict.NotYet)) {
                own(due, containers.opened());
            }
            return verdict;
        }
    }

    /**
     * The charge has a session of each container that the response opened, or used again of its own
     * accord; what has been used since the call is taken to have it already.
     */
    private void own(PendingSettlements.Due due, List<ObjectReference> containers) {
        for (ObjectReference known : ownedObjects.record(containers, due.owner())) {
            recurringCharges.extend(known.id(), due.task().call().madeAt());
        }
    }

    /** Reads an answer to its end, and says how many bytes it has. */
    private static long read(Tap tap, Answer answer, ContainerWatch containers)
            throws UpstreamException {
        byte[] buffer = new byte[Fetch.BUFFER_BYTES];
        long bytes = 0;
        for (int n = answer.read(buffer); n >= 0; n = answer.read(buffer)) {
            bytes += n;
            containers.pass(ByteBuffer.wrap(buffer, 0, n));
            tap.pass(ByteBuffer.wrap(buffer, 0, n));
        }
        tap.end();
        return bytes;
    }

    private Verdict verdict(PendingSettlements.Due due, Tap tap, long bytes) {
        return switch (tap.reading()) {
            case UsageResult.Pending _ -> new Verdict.NotYet("OpenAI works on it");
            case UsageResult.Complete complete ->
                    Verdict.of(Costing.of(prices.get(), due).of(complete, Fetch.OK));
            case UsageResult.Missing missing when missing.id() == null ->
                    new Verdict.NotYet("OpenAI answered with something else");
            case UsageResult.Missing missing when missing.failed() && !tap.hasBegun() ->
                    new Verdict.Release("the response failed before it generated anything");
            // A response that was cancelled may never state what it had cost by then.
            case UsageResult.Missing missing ->
                    seen(due, missing, bytes, "the response states no usage");
            case UsageResult.Contradictory odd ->
                    new Verdict.Estimate("the usage contradicts itself: " + odd.why());
        };
    }

    /** What it costs that OpenAI has broken off and does not keep: what was seen of it then. */
    Verdict broken(PendingSettlements.Due due, String why) {
        Terms terms = Terms.parse(due.task().terms());
        Long bytes = terms.seen();
        return bytes == null
                ? new Verdict.Estimate(why)
                : seen(due, new UsageResult.Missing(true, null, terms.beside()), bytes, why);
    }

    /** What it costs at the most: its input, and the bytes of what there is of it as its output. */
    private Verdict seen(
            PendingSettlements.Due due, UsageResult.Missing missing, long bytes, String why) {
        Long input = Terms.parse(due.task().terms()).input();
        if (input == null) {
            return new Verdict.Estimate(why);
        }
        Usage seen = new Usage(null, null, Map.of(Unit.INPUT, input, Unit.OUTPUT, bytes));
        Costing costing = Costing.of(prices.get(), due);
        return costing.of(new UsageResult.Complete(seen, missing.beside()), Fetch.OK)
                        instanceof Costing.Outcome.Known known
                ? new Verdict.Seen(known.cost().bill(), why)
                : new Verdict.Estimate(why);
    }
}
