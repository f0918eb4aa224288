package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.ledger.store.table.OwnedObjects;
import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.ledger.store.table.RecurringCharges;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.IdPaths;
import dev.oaiproxy.metering.request.IdScanner;
import dev.oaiproxy.metering.usage.Tap;
import dev.oaiproxy.metering.usage.Taps;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.proxy.quota.Costing;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Reads a response by its id. */
record ResponseQuery(
        Upstream upstream,
        Supplier<PriceBook> prices,
        OwnedObjects ownedObjects,
        RecurringCharges recurringCharges) {
    SettlementResult ask(PendingSettlements.Due due) throws UpstreamException {
        String path = "/responses/" + due.task().objectId();
        try (UpstreamResponse upstreamResponse = ObjectFetch.get(upstream, path)) {
            if (upstreamResponse.status() != ObjectFetch.OK) {
                return ObjectFetch.without(upstreamResponse);
            }
            ContainerWatch containers = new ContainerWatch();
            Tap tap = Taps.response(SettlementTerms.parse(due.task().terms()).response());
            SettlementResult settlementResult =
                    verdict(due, tap, read(tap, upstreamResponse, containers));
            if (settlementResult instanceof SettlementResult.Settled) {
                own(due, containers.opened());
            }
            return settlementResult;
        }
    }

    /**
     * Records the containers that the response opened or used again by itself. The charge includes
     * one session of each. It extends the paid time of a known container, unless the container has
     * been used since the call.
     */
    private void own(PendingSettlements.Due due, List<ObjectReference> containers) {
        for (ObjectReference known : ownedObjects.record(containers, due.owner())) {
            recurringCharges.extend(known.id(), due.task().call().madeAt());
        }
    }

    /** Reads a body to its end, and returns its length in bytes. */
    private static long read(Tap tap, UpstreamResponse upstreamResponse, ContainerWatch containers)
            throws UpstreamException {
        byte[] buffer = new byte[ObjectFetch.BUFFER_BYTES];
        long bytes = 0;
        for (int n = upstreamResponse.read(buffer); n >= 0; n = upstreamResponse.read(buffer)) {
            bytes += n;
            containers.pass(ByteBuffer.wrap(buffer, 0, n));
            tap.pass(ByteBuffer.wrap(buffer, 0, n));
        }
        tap.end();
        return bytes;
    }

    private SettlementResult verdict(PendingSettlements.Due due, Tap tap, long bytes) {
        return switch (tap.reading()) {
            case UsageResult.Pending _ ->
                    new SettlementResult.NotYet("OpenAI is still working on it");
            case UsageResult.Complete complete ->
                    SettlementResult.of(
                            due, Costing.of(prices.get(), due).of(complete, ObjectFetch.OK));
            case UsageResult.Missing missing when missing.id() == null ->
                    new SettlementResult.NotYet("OpenAI returned a different object");
            case UsageResult.Missing missing when missing.failed() && !tap.hasBegun() ->
                    SettlementResult.release(
                            due, "the response failed before it generated anything");
            // A cancelled response may never state the cost that it had reached.
            case UsageResult.Missing missing ->
                    seen(due, missing, bytes, "the response states no usage");
            case UsageResult.Contradictory odd ->
                    SettlementResult.estimate(due, "the usage is inconsistent: " + odd.why());
        };
    }

    /**
     * The result for a response that OpenAI broke off and does not keep: the cost of the part that
     * was seen.
     */
    SettlementResult.Settled broken(PendingSettlements.Due due, String why) {
        SettlementTerms terms = SettlementTerms.parse(due.task().terms());
        Long bytes = terms.seen();
        return bytes == null
                ? SettlementResult.estimate(due, why)
                : seen(due, new UsageResult.Missing(true, null, terms.beside()), bytes, why);
    }

    /** The most that the response can cost: its input, and its bytes as output tokens. */
    private SettlementResult.Settled seen(
            PendingSettlements.Due due, UsageResult.Missing missing, long bytes, String why) {
        Long input = SettlementTerms.parse(due.task().terms()).input();
        if (input == null) {
            return SettlementResult.estimate(due, why);
        }
        Usage seen = new Usage(null, null, Map.of(Unit.INPUT, input, Unit.OUTPUT, bytes));
        Costing costing = Costing.of(prices.get(), due);
        return costing.of(new UsageResult.Complete(seen, missing.beside()), ObjectFetch.OK)
                        instanceof Costing.CostResult.Known known
                ? SettlementResult.estimate(due, known.cost().bill(), why)
                : SettlementResult.estimate(due, why);
    }

    /** Finds the containers that a response opened, or used again by itself. */
    private static final class ContainerWatch {
        private final IdScanner used = IdPaths.usedContainers();
        private final IdScanner named = IdPaths.namedContainers();
        private final Map<String, ObjectReference> found = new LinkedHashMap<>();
        private final List<String> paid = new ArrayList<>();

        /** Takes the next bytes, and leaves the buffer unchanged. */
        void pass(ByteBuffer bytes) {
            used.take(bytes).forEach(container -> found.putIfAbsent(container.id(), container));
            named.take(bytes).forEach(container -> paid.add(container.id()));
        }

        /**
         * The containers whose sessions belong to the charge. A container that the request names
         * was paid for when the call began.
         */
        List<ObjectReference> opened() {
            return found.values().stream().filter(one -> !paid.contains(one.id())).toList();
        }
    }
}
