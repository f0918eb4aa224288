package dev.oaiproxy.server.settle;

import dev.oaiproxy.server.catalogue.Reference;
import dev.oaiproxy.server.price.PriceBook;
import dev.oaiproxy.server.store.Accruals;
import dev.oaiproxy.server.store.Deferred;
import dev.oaiproxy.server.store.Objects;
import dev.oaiproxy.server.upstream.Answer;
import dev.oaiproxy.server.upstream.Upstream;
import dev.oaiproxy.server.upstream.UpstreamException;
import dev.oaiproxy.server.usage.Reading;
import dev.oaiproxy.server.usage.Tap;
import dev.oaiproxy.server.usage.Taps;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;

/** Asks for a response by its id. */
final class ResponseInquiry implements Inquiry {
    private final Upstream upstream;
    private final Supplier<PriceBook> prices;
    private final Objects objects;
    private final Accruals accruals;

    ResponseInquiry(
            Upstream upstream, Supplier<PriceBook> prices, Objects objects, Accruals accruals) {
        this.upstream = upstream;
        this.prices = prices;
        this.objects = objects;
        this.accruals = accruals;
    }

    @Override
    public Verdict ask(Deferred.Due due) throws UpstreamException {
        String path = "/responses/" + due.task().objectId();
        try (Answer answer = Fetch.get(upstream, path)) {
            if (answer.status() != Fetch.OK) {
                return Fetch.without(answer);
            }
            ContainerWatch containers = new ContainerWatch();
            Verdict verdict = verdict(due, reading(due, answer, containers));
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
    private void own(Deferred.Due due, List<Reference> containers) {
        for (Reference known : objects.record(containers, due.owner())) {
            accruals.extend(known.id(), due.task().call().madeAt());
        }
    }

    private static Reading reading(Deferred.Due due, Answer answer, ContainerWatch containers)
            throws UpstreamException {
        Tap tap = Taps.response(Terms.parse(due.task().terms()).response());
        byte[] buffer = new byte[Fetch.BUFFER_BYTES];
        for (int n = answer.read(buffer); n >= 0; n = answer.read(buffer)) {
            containers.pass(ByteBuffer.wrap(buffer, 0, n));
            tap.pass(ByteBuffer.wrap(buffer, 0, n));
        }
        tap.end();
        return tap.reading();
    }

    private Verdict verdict(Deferred.Due due, Reading reading) {
        return switch (reading) {
            case Reading.Pending _ -> new Verdict.NotYet("OpenAI works on it");
            case Reading.Complete complete ->
                    Verdict.of(Costing.of(prices.get(), due).of(complete, Fetch.OK));
            case Reading.Missing missing when missing.id() == null ->
                    new Verdict.NotYet("OpenAI answered with something else");
            // A response that was cancelled may never state what it had cost by then.
            case Reading.Missing _ -> new Verdict.Estimate("the response states no usage");
            case Reading.Contradictory odd ->
                    new Verdict.Estimate("the usage contradicts itself: " + odd.why());
        };
    }
}
