package dev.oaiproxy.proxy.storagebilling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.ledger.store.table.BilledResource;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.StorageBillingRules;
import dev.oaiproxy.proxy.deferred.ObjectFetch;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Vector stores are paid by the hour, in advance, for the size that OpenAI tells; what has been
 * added within an hour is paid as if it had been there for the whole of it. The next hour is paid
 * before the last one ends, so that there is time to raise a quota before anything is lost.
 */
final class VectorStoreBilling implements ResourceBilling {
    private static final String OPERATION = "storage vector_stores";
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LEAD = Duration.ofMinutes(15);

    /** OpenAI counts files when it has taken them in. */
    private static final Duration WHILE_TAKING_IN = Duration.ofSeconds(30);

    private static final int MOST_HOURS = 1000;

    private final Upstream upstream;
    private final StorageCharges storageCharges;
    private final InstantSource clock;

    VectorStoreBilling(Upstream upstream, StorageCharges storageCharges, InstantSource clock) {
        this.upstream = upstream;
        this.storageCharges = storageCharges;
        this.clock = clock;
    }

    @Override
    public String path() {
        return "/vector_stores/";
    }

    @Override
    public BillingResult see(BilledResource resource) throws UpstreamException {
        try (UpstreamResponse response = ObjectFetch.get(upstream, path() + resource.id())) {
            if (response.status() == ObjectFetch.NOT_FOUND) {
                return new BillingResult.Gone();
            }
            JsonNode json = ObjectFetch.object(response);
            JsonNode bytes = json.path("usage_bytes");
            return bytes.canConvertToLong() && bytes.isIntegralNumber() && bytes.asLong() >= 0
                    ? paid(resource, bytes.asLong(), isTakingIn(json))
                    : new BillingResult.Unclear(
                            "OpenAI answered " + response.status() + " without a size");
        }
    }

    private static boolean isTakingIn(JsonNode json) {
        return json.path("status").asText().equals("in_progress")
                || json.path("file_counts").path("in_progress").asLong() > 0;
    }

    private BillingResult paid(BilledResource resource, long bytes, boolean takingIn) {
        Instant now = clock.instant();
        BilledResource at = resource;
        for (int hours = 0; hours < MOST_HOURS; hours++) {
            BilledResource next = next(at, bytes, now);
            if (next == null) {
                Instant lead = at.paidUntil().minus(LEAD);
                return new BillingResult.Later(at.due(takingIn ? now.plus(WHILE_TAKING_IN) : lead));
            }
            switch (storageCharges.pay(new StorageCharges.Move(at, next), due(at, next))) {
                case StorageCharges.Outcome.Paid paid -> at = paid.resource();
                case StorageCharges.Outcome.Overtaken _ -> {
                    return new BillingResult.Unclear("another has paid for it");
                }
                case StorageCharges.Outcome.Refused refused -> {
                    return new BillingResult.Unpaid(refused);
                }
                case StorageCharges.Outcome.Unpriced unpriced -> {
                    return new BillingResult.Unclear("no price for " + unpriced.row());
                }
            }
        }
        return new BillingResult.Later(at.due(now));
    }

    /** What is to be paid next: what has grown within the hour that is paid, then the next hour. */
    private static @Nullable BilledResource next(BilledResource at, long bytes, Instant now) {
        if (at.isPaid() && bytes > at.bytes()) {
            return at.paid(at.paidUntil(), bytes);
        }
        Instant start = at.isPaid() ? at.paidUntil() : start(at, now);
        if (at.isPaid() && start.isAfter(now.plus(LEAD))) {
            return null;
        }
        Instant end = start.plus(HOUR);
        // How large it was in an hour that has passed unseen is not known: the larger.
        return at.paid(end, end.isAfter(now) ? bytes : Math.max(bytes, at.bytes()));
    }

    private static Instant start(BilledResource at, Instant now) {
        return at.used().equals(Instant.EPOCH) ? now : at.used();
    }

    private StorageCharges.Due due(BilledResource at, BilledResource next) {
        boolean grown = next.paidUntil().equals(at.paidUntil());
        long size = grown ? next.bytes() - at.bytes() : next.bytes();
        return new StorageCharges.Due(
                OPERATION,
                StorageBillingRules.ROW,
                Unit.STORAGE,
                StorageBillingRules.quantity(size, HOUR),
                storageCharges.payers(at));
    }
}
