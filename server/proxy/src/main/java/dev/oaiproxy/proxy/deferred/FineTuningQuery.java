package dev.oaiproxy.proxy.deferred;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.ledger.store.table.OwnedObjects;
import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.proxy.quota.Costing;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Reads the result of a fine-tuning job: its status and the number of trained tokens. */
record FineTuningQuery(Upstream upstream, Supplier<PriceBook> prices, OwnedObjects ownedObjects) {
    private static final int MOST_EVENTS = 100;

    /** Messages of a job's events before its training, and of its cancellation. */
    private static final Pattern BEFORE_TRAINING =
            Pattern.compile(
                    "Created fine-tuning job.*|Validating training file.*"
                            + "|Files validated, moving job to queued state.*"
                            + "|[\\w -]*\\bjob (has been |was )?cancell?ed\\.?",
                    Pattern.CASE_INSENSITIVE);

    SettlementResult ask(PendingSettlements.Due due) throws UpstreamException {
        try (UpstreamResponse response = ObjectFetch.get(upstream, path(due))) {
            return response.status() == ObjectFetch.OK
                    ? verdict(due, ObjectFetch.object(response))
                    : ObjectFetch.without(response);
        }
    }

    private SettlementResult verdict(PendingSettlements.Due due, JsonNode job)
            throws UpstreamException {
        own(due, job.path("fine_tuned_model").asText(""));
        long trained = job.path("trained_tokens").asLong(0);
        return switch (job.path("status").asText()) {
            case "succeeded" ->
                    trained > 0
                            ? charge(due, trained)
                            : SettlementResult.estimate(due, "OpenAI stated no trained_tokens");
            case "cancelled" -> trained > 0 ? charge(due, trained) : cancelled(due);
            case "failed" ->
                    trained > 0
                            ? charge(due, trained)
                            : SettlementResult.release(due, "the job failed");
            case "" -> new SettlementResult.NotYet("OpenAI returned a different object");
            default -> new SettlementResult.NotYet("OpenAI is still working on it");
        };
    }

    /**
     * Settles a cancelled job. OpenAI bills the tokens trained so far; when it does not state their
     * number, it may bill all of them. Only the job's events show that no training had begun.
     */
    private SettlementResult cancelled(PendingSettlements.Due due) throws UpstreamException {
        try (UpstreamResponse response =
                ObjectFetch.get(upstream, path(due) + "/events?limit=" + MOST_EVENTS)) {
            if (response.status() != ObjectFetch.OK) {
                return ObjectFetch.without(response);
            }
            return isBeforeTraining(ObjectFetch.object(response))
                    ? SettlementResult.release(
                            due, "the job was cancelled before its training began")
                    : SettlementResult.estimate(due, "OpenAI stated no trained_tokens");
        }
    }

    private static boolean isBeforeTraining(JsonNode events) {
        boolean all = !events.path("has_more").asBoolean(true) && !events.path("data").isEmpty();
        for (JsonNode event : events.path("data")) {
            all &= event.path("type").asText("message").equals("message");
            all &= BEFORE_TRAINING.matcher(event.path("message").asText()).matches();
        }
        return all;
    }

    private static String path(PendingSettlements.Due due) {
        return "/fine_tuning/jobs/" + due.task().objectId();
    }

    /** Records the owner of the new model. Nobody could use a model without an owner. */
    private void own(PendingSettlements.Due due, String model) {
        if (!model.isEmpty()
                && !model.equals("null")
                && model.length() <= OwnedObjects.LONGEST_ID) {
            ObjectReference made = new ObjectReference("fine_tuned_model", ObjectKind.MODEL, model);
            ownedObjects.record(List.of(made), due.owner());
        }
    }

    private SettlementResult charge(PendingSettlements.Due due, long trained) {
        Usage usage = new Usage(null, null, Map.of(Unit.TRAINING, trained));
        Costing costing = Costing.of(prices.get(), due);
        return SettlementResult.of(
                due, costing.of(new UsageResult.Complete(usage), ObjectFetch.OK));
    }
}
