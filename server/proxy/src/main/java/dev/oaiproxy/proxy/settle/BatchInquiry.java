package dev.oaiproxy.proxy.settle;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.store.OwnedObjects;
import dev.oaiproxy.ledger.store.PendingSettlements;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.usage.BatchOutputReader;
import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.io.IOException;
import java.lang.System.Logger;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Asks for a batch by its id, and for the answers in its output, each of which is charged as it
 * says. One answer that does not say what it cost leaves the whole batch at its hold: what the
 * requests could cost one by one is not kept.
 */
final class BatchInquiry implements Inquiry {
    private static final Logger LOG = System.getLogger(BatchInquiry.class.getName());

    private final Upstream upstream;
    private final Supplier<PriceBook> prices;
    private final OwnedObjects ownedObjects;

    BatchInquiry(Upstream upstream, Supplier<PriceBook> prices, OwnedObjects ownedObjects) {
        this.upstream = upstream;
        this.prices = prices;
        this.ownedObjects = ownedObjects;
    }

    @Override
    public Verdict ask(PendingSettlements.Due due) throws UpstreamException {
        String id = due.task().objectId();
        Optional<BatchSight> sight;
        try (Answer answer = Fetch.get(upstream, "/batches/" + id)) {
            if (answer.status() != Fetch.OK) {
                return Fetch.without(answer);
            }
            sight = BatchSight.read(new AnswerStream(answer), id);
        } catch (IOException broken) {
            return new Verdict.NotYet(broken.toString());
        }
        return sight.isEmpty()
                ? new Verdict.NotYet("OpenAI answered with something else")
                : verdict(due, sight.get());
    }

    private Verdict verdict(PendingSettlements.Due due, BatchSight batch) throws UpstreamException {
        if (!batch.hasEnded()) {
            return new Verdict.NotYet("the batch is " + batch.status());
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
                ? new Verdict.Release("the batch ended as " + batch.status() + ", unanswered")
                : new Verdict.Gone();
    }

    private Verdict read(PendingSettlements.Due due, BatchSight batch, String output)
            throws UpstreamException {
        if (!Backlog.isId(output)) {
            return new Verdict.Estimate("the output of the batch cannot be asked for");
        }
        try (Answer answer = Fetch.get(upstream, "/files/" + output + "/content")) {
            if (answer.status() != Fetch.OK) {
                return Fetch.without(answer);
            }
            Terms terms = Terms.parse(due.task().terms());
            String endpoint = terms.endpoint() == null ? "" : terms.endpoint();
            return sum(
                    due,
                    batch,
                    new BatchOutputReader(new AnswerStream(answer), endpoint, terms.response()));
        } catch (IOException broken) {
            return new Verdict.NotYet(broken.toString());
        }
    }

    private Verdict sum(PendingSettlements.Due due, BatchSight batch, BatchOutputReader lines)
            throws IOException {
        BatchBill bill = new BatchBill(Costing.of(prices.get(), due));
        for (BatchOutputReader.Line line = lines.next(); line != null; line = lines.next()) {
            String unknown = bill.add(line);
            if (unknown != null) {
                return new Verdict.Estimate(unknown);
            }
        }
        if (bill.answered() < batch.completed()) {
            return new Verdict.Estimate("the output lacks answers that the batch counts");
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

    private static Verdict charge(PendingSettlements.Due due, BatchBill bill) {
        CallOutcome.Bill ending = bill.ending(due.model());
        if (ending == null) {
            return new Verdict.Estimate("the answers have more rates than can be kept");
        }
        return new Verdict.Charge(ending, bill.remark());
    }
}
