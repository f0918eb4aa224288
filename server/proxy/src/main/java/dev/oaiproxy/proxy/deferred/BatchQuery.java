package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.store.table.OwnedObjects;
import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.usage.BatchOutputReader;
import dev.oaiproxy.proxy.quota.Costing;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.util.function.Supplier;

/**
 * Reads a batch by its id, and its output, and charges each response in it. One response without a
 * cost leaves the whole batch at its hold, because the possible cost of each request is not kept.
 */
record BatchQuery(Upstream upstream, Supplier<PriceBook> prices, OwnedObjects ownedObjects) {
    private static final Logger LOG = System.getLogger(BatchQuery.class.getName());

    SettlementResult ask(PendingSettlements.Due due) throws UpstreamException {
        String id = due.task().objectId();
        BatchStatus batch;
        try (UpstreamResponse response = ObjectFetch.get(upstream, "/batches/" + id)) {
            if (response.status() != ObjectFetch.OK) {
                return ObjectFetch.without(response);
            }
            batch = new BatchStatus(ObjectFetch.object(response));
        }
        return batch.is(id)
                ? verdict(due, batch)
                : new SettlementResult.NotYet("OpenAI returned a different object");
    }

    private SettlementResult verdict(PendingSettlements.Due due, BatchStatus batch)
            throws UpstreamException {
        if (!batch.hasEnded()) {
            return new SettlementResult.NotYet("the batch is " + batch.status());
        }
        if (!batch.files().isEmpty()) {
            ownedObjects.record(batch.files(), due.owner());
        }
        String output = batch.output();
        if (output != null) {
            return read(due, batch, output);
        }
        boolean nothing = batch.completed() <= 0 && !batch.status().equals("completed");
        return nothing || batch.completed() == 0
                ? SettlementResult.release(
                        due, "the batch ended as " + batch.status() + ", without responses")
                : new SettlementResult.Gone();
    }

    private SettlementResult read(PendingSettlements.Due due, BatchStatus batch, String output)
            throws UpstreamException {
        if (!DeferredCalls.isId(output)) {
            return SettlementResult.estimate(due, "the batch's output file has an invalid id");
        }
        try (UpstreamResponse response =
                ObjectFetch.get(upstream, "/files/" + output + "/content")) {
            if (response.status() != ObjectFetch.OK) {
                return ObjectFetch.without(response);
            }
            SettlementTerms terms = SettlementTerms.parse(due.task().terms());
            String endpoint = terms.endpoint() == null ? "" : terms.endpoint();
            return sum(
                    due, batch, new BatchOutputReader(response.body(), endpoint, terms.response()));
        } catch (IOException broken) {
            return new SettlementResult.NotYet(broken.toString());
        }
    }

    private SettlementResult sum(
            PendingSettlements.Due due, BatchStatus batch, BatchOutputReader lines)
            throws IOException {
        BatchBill bill = new BatchBill(Costing.of(prices.get(), due));
        for (BatchOutputReader.OutputLine line = lines.next(); line != null; line = lines.next()) {
            String unknown = bill.add(line);
            if (unknown != null) {
                return SettlementResult.estimate(due, unknown);
            }
        }
        if (bill.answered() < batch.completed()) {
            return SettlementResult.estimate(
                    due, "the output has fewer responses than the batch reports");
        }
        if (!bill.agrees(batch)) {
            Alarms.raise(
                    LOG,
                    "batch_usage_differs",
                    "call={0} object={1}",
                    due.task().call(),
                    due.task().objectId());
        }
        return charge(due, bill);
    }

    private static SettlementResult charge(PendingSettlements.Due due, BatchBill bill) {
        CallOutcome.Bill ending = bill.ending(due.model());
        if (ending == null) {
            return SettlementResult.estimate(
                    due, "the batch has more price lines than the ledger can store");
        }
        return new SettlementResult.Settled(CallState.CHARGED, ending, bill.remark());
    }
}
