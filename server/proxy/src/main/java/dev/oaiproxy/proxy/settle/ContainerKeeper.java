package dev.oaiproxy.proxy.settle;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.store.BilledResource;
import dev.oaiproxy.ledger.store.RecurringCharges;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.ContainerBillingRules;
import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Containers are paid by sessions, one after the other from their beginning to their last use. To
 * ask OpenAI for one is a use, too, and puts off its end: so it is asked when a session is paid
 * anyway, and when the container must have ended.
 */
final class ContainerKeeper implements Keeper {
    private static final String OPERATION = "session containers";
    private static final Pattern MEMORY = Pattern.compile("[a-z0-9]{1,16}");
    private static final Set<String> ENDED = Set.of("expired", "deleted");
    private static final int MOST_SESSIONS = 1000;

    private final Upstream upstream;
    private final Payments payments;
    private final InstantSource clock;

    ContainerKeeper(Upstream upstream, Payments payments, InstantSource clock) {
        this.upstream = upstream;
        this.payments = payments;
        this.clock = clock;
    }

    @Override
    public String path() {
        return "/containers/";
    }

    /** What OpenAI says of a container. */
    sealed interface Seen {
        /** It runs, and now for longer, since it was asked for. */
        record Running(BilledResource billedResource) implements Seen {}

        record Ended(BilledResource billedResource) implements Seen {}

        record Gone() implements Seen {}

        record Unclear(String why) implements Seen {}
    }

    @Override
    public Care see(BilledResource billedResource) throws UpstreamException {
        return switch (ask(billedResource)) {
            case Seen.Running running -> {
                Instant now = running.billedResource().used();
                Instant end =
                        now.plus(running.billedResource().idle()).plus(RecurringCharges.MARGIN);
                yield paid(
                        running.billedResource(),
                        now,
                        new Care.Later(running.billedResource().due(end)));
            }
            case Seen.Ended ended ->
                    paid(ended.billedResource(), billedResource.used(), new Care.Ended());
            case Seen.Gone _ when billedResource.memory().isEmpty() -> new Care.Gone();
            case Seen.Gone _ -> paid(billedResource, billedResource.used(), new Care.Gone());
            case Seen.Unclear unclear -> new Care.Unclear(unclear.why());
        };
    }

    /** Asks OpenAI, which is a use of the container. */
    Seen ask(BilledResource billedResource) throws UpstreamException {
        try (Answer answer = Fetch.get(upstream, path() + billedResource.id())) {
            if (answer.status() == Fetch.NOT_FOUND) {
                return new Seen.Gone();
            }
            JsonNode json = Fetch.object(answer);
            String memory = json.path("memory_limit").asText("1g");
            if (!json.hasNonNull("status") || !MEMORY.matcher(memory).matches()) {
                return new Seen.Unclear("OpenAI answered " + answer.status());
            }
            long minutes = json.path("expires_after").path("minutes").asLong();
            Duration idle = minutes > 0 ? Duration.ofMinutes(minutes) : RecurringCharges.SESSION;
            BilledResource described = billedResource.described(memory, idle, clock.instant());
            return ENDED.contains(json.path("status").asText())
                    ? new Seen.Ended(described)
                    : new Seen.Running(described);
        }
    }

    private Care paid(BilledResource billedResource, Instant through, Care then) {
        return switch (pay(billedResource, through, payments.payers(billedResource))) {
            case Payments.Outcome.Paid _ -> then;
            case Payments.Outcome.Overtaken _ -> new Care.Unclear("another has paid for it");
            case Payments.Outcome.Refused refused -> new Care.Unpaid(refused);
            case Payments.Outcome.Unpriced unpriced ->
                    new Care.Unclear("no price for " + unpriced.row());
        };
    }

    /** Pays all sessions until the one in which a moment lies. */
    Payments.Outcome pay(BilledResource billedResource, Instant through, List<Key> payers) {
        Payments.Due due =
                new Payments.Due(
                        OPERATION,
                        ContainerBillingRules.row(billedResource.memory()),
                        Unit.CONTAINER_MINUTES,
                        RecurringCharges.SESSION.toMinutes(),
                        payers);
        Payments.Outcome last = new Payments.Outcome.Paid(billedResource);
        for (int sessions = 0; sessions < MOST_SESSIONS; sessions++) {
            if (!(last instanceof Payments.Outcome.Paid paid)
                    || paid.billedResource().paidUntil().isAfter(through)) {
                return last;
            }
            BilledResource at = paid.billedResource();
            BilledResource next =
                    at.paid(at.paidUntil().plus(RecurringCharges.SESSION), at.bytes());
            last = payments.pay(new Payments.Move(at, next), due);
        }
        return new Payments.Outcome.Overtaken();
    }
}
