package dev.oaiproxy.proxy.settle;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.ledger.store.OwnedObjects;
import dev.oaiproxy.ledger.store.PendingSettlements;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.operation.ObjectKind;
import dev.oaiproxy.metering.operation.ObjectReference;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Asks for a fine-tuning job: how it ended, and how many tokens it was trained on. */
final class TrainingInquiry implements Inquiry {
    private static final int MOST_EVENTS = 100;

    /** The events of a job until it is queued, and its end. */
    private static final Pattern BEFORE_TRAINING =
            Pattern.compile(
                    "Created fine-tuning job.*|Validating training file.*"
                            + "|Files validated, moving job to queued state.*"
                            + "|[\\w -]*\\bjob (has been |was )?cancell?ed\\.?",
                    Pattern.CASE_INSENSITIVE);

    private final Upstream upstream;
    private final Supplier<PriceBook> prices;
    private final OwnedObjects ownedObjects;

    TrainingInquiry(Upstream upstream, Supplier<PriceBook> prices, OwnedObjects ownedObjects) {
        this.upstream = upstream;
        this.prices = prices;
        this.ownedObjects = ownedObjects;
    }

    @Override
    public Verdict ask(PendingSettlements.Due due) throws UpstreamException {
        try (Answer answer = Fetch.get(upstream, path(due))) {
            return answer.status() == Fetch.OK
                    ? verdict(due, Fetch.object(answer))
                    : Fetch.without(answer);
        }
    }

    private Verdict verdict(PendingSettlements.Due due, JsonNode job) throws UpstreamException {
        own(due, job.path("fine_tuned_model").asText(""));
        long trained = job.path("trained_tokens").asLong(0);
        return switch (job.path("status").asText()) {
            case "succeeded" ->
                    trained > 0 ? charge(due, trained) : new Verdict.Estimate("no trained_tokens");
            case "cancelled" -> trained > 0 ? charge(due, trained) : cancelled(due);
            case "failed" ->
                    trained > 0 ? charge(due, trained) : new Verdict.Release("the job has failed");
            case "" -> new Verdict.NotYet("OpenAI answered with something else");
            default -> new Verdict.NotYet("OpenAI works on it");
        };
    }

    /**
     * What was trained on until then is billed; where it is not told, it may be all of it. Only
     * what OpenAI says to have done shows that the training had not begun.
     */
    private Verdict cancelled(PendingSettlements.Due due) throws UpstreamException {
        try (Answer answer = Fetch.get(upstream, path(due) + "/events?limit=" + MOST_EVENTS)) {
            if (answer.status() != Fetch.OK) {
                return Fetch.without(answer);
            }
            return isBeforeTraining(Fetch.object(answer))
                    ? new Verdict.Release("the job was cancelled before its training began")
                    : new Verdict.Estimate("no trained_tokens");
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

    /** A model that nobody is known to own, nobody can use. */
    private void own(PendingSettlements.Due due, String model) {
        if (!model.isEmpty()
                && !model.equals("null")
                && model.length() <= OwnedObjects.LONGEST_ID) {
            ObjectReference made = new ObjectReference("fine_tuned_model", ObjectKind.MODEL, model);
            ownedObjects.record(List.of(made), due.owner());
        }
    }

    private Verdict charge(PendingSettlements.Due due, long trained) {
        Usage usage = new Usage(null, null, Map.of(Unit.TRAINING, trained));
        Costing costing = Costing.of(prices.get(), due);
        return Verdict.of(costing.of(new UsageResult.Complete(usage), Fetch.OK));
    }
}
