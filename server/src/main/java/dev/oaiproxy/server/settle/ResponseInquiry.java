package dev.oaiproxy.server.settle;

import dev.oaiproxy.server.price.PriceBook;
import dev.oaiproxy.server.store.Deferred;
import dev.oaiproxy.server.upstream.Answer;
import dev.oaiproxy.server.upstream.Upstream;
import dev.oaiproxy.server.upstream.UpstreamException;
import dev.oaiproxy.server.usage.Reading;
import dev.oaiproxy.server.usage.Tap;
import dev.oaiproxy.server.usage.Taps;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.function.Supplier;

/** Asks for a response by its id. */
final class ResponseInquiry implements Inquiry {
    private final Upstream upstream;
    private final Supplier<PriceBook> prices;

    ResponseInquiry(Upstream upstream, Supplier<PriceBook> prices) {
        this.upstream = upstream;
        this.prices = prices;
    }

    @Override
    public Verdict ask(Deferred.Due due) throws UpstreamException {
        String path = "/responses/" + due.task().objectId();
        try (Answer answer = Fetch.get(upstream, path)) {
            return answer.status() == Fetch.OK
                    ? verdict(due, reading(due, answer))
                    : Fetch.without(answer);
        }
    }

    private static Reading reading(Deferred.Due due, Answer answer) throws UpstreamException {
        Tap tap = Taps.response(Terms.parse(due.task().terms()).response());
        byte[] buffer = new byte[Fetch.BUFFER_BYTES];
        for (int n = answer.read(buffer); n >= 0; n = answer.read(buffer)) {
            tap.pass(ByteBuffer.wrap(buffer, 0, n));
        }
        tap.end();
        return tap.reading();
    }

    private Verdict verdict(Deferred.Due due, Reading reading) {
        return switch (reading) {
            case Reading.Pending _ -> new Verdict.NotYet("OpenAI works on it");
            case Reading.Complete complete -> charge(due, complete);
            case Reading.Missing missing when missing.id() == null ->
                    new Verdict.NotYet("OpenAI answered with something else");
            // A response that was cancelled may never state what it had cost by then.
            case Reading.Missing _ -> new Verdict.Estimate("the response states no usage");
            case Reading.Contradictory odd ->
                    new Verdict.Estimate("the usage contradicts itself: " + odd.why());
        };
    }

    private Verdict charge(Deferred.Due due, Reading.Complete complete) {
        PriceBook book = prices.get();
        Instant at = due.task().call().madeAt();
        Costing costing = new Costing(book, book.find(due.model(), at).orElse(null), at);
        return switch (costing.of(complete, Fetch.OK)) {
            case Costing.Outcome.Known known ->
                    new Verdict.Charge(known.cost().bill(), known.cost().remark());
            case Costing.Outcome.Unknown unknown -> new Verdict.Estimate(unknown.why());
        };
    }
}
