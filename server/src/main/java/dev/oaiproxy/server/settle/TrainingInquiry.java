package dev.oaiproxy.server.settle;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.server.catalogue.ObjectKind;
import dev.oaiproxy.server.catalogue.Reference;
import dev.oaiproxy.server.price.PriceBook;
import dev.oaiproxy.server.store.Deferred;
import dev.oaiproxy.server.store.Objects;
import dev.oaiproxy.server.upstream.Answer;
import dev.oaiproxy.server.upstream.Upstream;
import dev.oaiproxy.server.upstream.UpstreamException;
import dev.oaiproxy.server.usage.Reading;
import dev.oaiproxy.server.usage.Unit;
import dev.oaiproxy.server.usage.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Asks for a fine-tuning job: how it ended, and how many tokens it was trained on. */
final class TrainingInquiry implements Inquiry {
    private final Upstream upstream;
    private final Supplier<PriceBook> prices;
    private final Objects objects;

    TrainingInquiry(Upstream upstream, Supplier<PriceBook> prices, Objects objects) {
        this.upstream = upstream;
        this.prices = prices;
        this.objects = objects;
    }

    @Override
    public Verdict ask(Deferred.Due due) throws UpstreamException {
        String path = "/fine_tuning/jobs/" + due.task().objectId();
        try (Answer answer = Fetch.get(upstream, path)) {
            return answer.status() == Fetch.OK
                    ? verdict(due, Fetch.object(answer))
                    : Fetch.without(answer);
        }
    }

    private Verdict verdict(Deferred.Due due, JsonNode job) {
        own(due, job.path("fine_tuned_model").asText(""));
        long trained = job.path("trained_tokens").asLong(0);
        return switch (job.path("status").asText()) {
            case "succeeded" ->
                    trained > 0 ? charge(due, trained) : new Verdict.Estimate("no trained_tokens");
            // What was trained on until then is billed; where it is not told, it may be all of it.
            case "cancelled" ->
                    trained > 0 ? charge(due, trained) : new Verdict.Estimate("no trained_tokens");
            case "failed" ->
                    trained > 0 ? charge(due, trained) : new Verdict.Release("the job has failed");
            case "" -> new Verdict.NotYet("OpenAI answered with something else");
            default -> new Verdict.NotYet("OpenAI works on it");
        };
    }

    /** A model that nobody is known to own, everybody could use. */
    private void own(Deferred.Due due, String model) {
        if (!model.isEmpty() && !model.equals("null") && model.length() <= Objects.LONGEST_ID) {
            Reference made = new Reference("fine_tuned_model", ObjectKind.MODEL, model);
            objects.record(List.of(made), due.task().call());
        }
    }

    private Verdict charge(Deferred.Due due, long trained) {
        PriceBook book = prices.get();
        Instant at = due.task().call().madeAt();
        Usage usage = new Usage(null, null, Map.of(Unit.TRAINING, trained));
        Costing costing = new Costing(book, book.find(due.model(), at).orElse(null), at);
        return switch (costing.of(new Reading.Complete(usage), Fetch.OK)) {
            case Costing.Outcome.Known known ->
                    new Verdict.Charge(known.cost().bill(), known.cost().remark());
            case Costing.Outcome.Unknown unknown -> new Verdict.Estimate(unknown.why());
        };
    }
}
