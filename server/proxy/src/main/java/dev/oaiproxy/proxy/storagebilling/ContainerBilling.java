package dev.oaiproxy.proxy.storagebilling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.store.table.BilledResource;
import dev.oaiproxy.ledger.store.table.RecurringCharges;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.ContainerBillingRules;
import dev.oaiproxy.proxy.deferred.ObjectFetch;
import dev.oaiproxy.proxy.storagebilling.BillingResult.NotPaidException;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Charges containers by sessions, one after the other from their beginning to their last use. A
 * request for a container is a use too and puts off its end, so OpenAI is only asked when a session
 * must be paid anyway and when the container must have ended.
 */
record ContainerBilling(Upstream upstream, StorageCharges storageCharges, InstantSource clock)
        implements ResourceBilling {
    private static final String OPERATION = "session containers";
    private static final Pattern MEMORY = Pattern.compile("[a-z0-9]{1,16}");
    private static final Set<String> ENDED = Set.of("expired", "deleted");
    private static final int MOST_SESSIONS = 1000;

    @Override
    public String path() {
        return "/containers/";
    }

    /** The state of a container, as OpenAI reports it. */
    sealed interface ContainerState {
        /** The container runs, and the request has prolonged it. */
        record Running(BilledResource resource) implements ContainerState {}

        record Ended(BilledResource resource) implements ContainerState {}

        record NotFound() implements ContainerState {}

        record Unclear(String why) implements ContainerState {}
    }

    @Override
    public BillingResult see(BilledResource resource) throws UpstreamException, NotPaidException {
        return switch (ask(resource)) {
            case ContainerState.Running running -> {
                BilledResource seen = running.resource();
                pay(seen, seen.used(), storageCharges.payers(seen));
                Instant end = seen.used().plus(seen.idle()).plus(RecurringCharges.MARGIN);
                yield new BillingResult.Later(seen.due(end));
            }
            case ContainerState.Ended ended -> {
                pay(ended.resource(), resource.used(), storageCharges.payers(ended.resource()));
                yield new BillingResult.Ended();
            }
            case ContainerState.NotFound _ -> {
                if (!resource.memory().isEmpty()) {
                    pay(resource, resource.used(), storageCharges.payers(resource));
                }
                yield new BillingResult.Gone();
            }
            case ContainerState.Unclear unclear -> new BillingResult.Unclear(unclear.why());
        };
    }

    /** Asks OpenAI for the container, which is a use of it. */
    ContainerState ask(BilledResource resource) throws UpstreamException {
        try (UpstreamResponse response = ObjectFetch.get(upstream, path() + resource.id())) {
            if (response.status() == ObjectFetch.NOT_FOUND) {
                return new ContainerState.NotFound();
            }
            JsonNode json = ObjectFetch.object(response);
            String memory = json.path("memory_limit").asText("1g");
            if (!json.hasNonNull("status") || !MEMORY.matcher(memory).matches()) {
                return new ContainerState.Unclear("OpenAI returned status " + response.status());
            }
            long minutes = json.path("expires_after").path("minutes").asLong();
            Duration idle = minutes > 0 ? Duration.ofMinutes(minutes) : RecurringCharges.SESSION;
            BilledResource described = resource.described(memory, idle, clock.instant());
            return ENDED.contains(json.path("status").asText())
                    ? new ContainerState.Ended(described)
                    : new ContainerState.Running(described);
        }
    }

    /** Charges all sessions up to the one that contains a moment. */
    void pay(BilledResource resource, Instant through, List<Key> payers) throws NotPaidException {
        StorageCharges.Due due =
                new StorageCharges.Due(
                        OPERATION,
                        ContainerBillingRules.row(resource.memory()),
                        Unit.CONTAINER_MINUTES,
                        RecurringCharges.SESSION.toMinutes(),
                        payers);
        BilledResource at = resource;
        for (int sessions = 0; !at.paidUntil().isAfter(through); sessions++) {
            if (sessions == MOST_SESSIONS) {
                throw new NotPaidException(new BillingResult.Overtaken());
            }
            BilledResource next =
                    at.paid(at.paidUntil().plus(RecurringCharges.SESSION), at.bytes());
            at = storageCharges.pay(at, next, due);
        }
    }
}
