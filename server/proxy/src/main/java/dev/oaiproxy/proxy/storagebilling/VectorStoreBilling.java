package dev.oaiproxy.proxy.storagebilling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.ledger.store.table.BilledResource;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.StorageBillingRules;
import dev.oaiproxy.proxy.deferred.ObjectFetch;
import dev.oaiproxy.proxy.storagebilling.BillingResult.NotPaidException;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Charges vector stores by the hour, in advance, for the size that OpenAI states. Bytes added
 * within an hour are paid as if they had been there for the whole hour. The next hour is paid
 * before the last one ends, so that there is time to raise a quota before anything is lost.
 */
record VectorStoreBilling(Upstream upstream, StorageCharges storageCharges, InstantSource clock)
        implements ResourceBilling {
    private static final String OPERATION = "storage vector_stores";
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LEAD = Duration.ofMinutes(15);

    /** The pause while OpenAI takes files in, since it counts their size only afterwards. */
    private static final Duration WHILE_TAKING_IN = Duration.ofSeconds(30);

    private static final int MOST_HOURS = 1000;

    @Override
    public String path() {
        return "/vector_stores/";
    }

    @Override
    public BillingResult see(BilledResource resource) throws UpstreamException, NotPaidException {
        try (UpstreamResponse response = ObjectFetch.get(upstream, path() + resource.id())) {
            if (response.status() == ObjectFetch.NOT_FOUND) {
                return new BillingResult.Gone();
            }
            JsonNode json = ObjectFetch.object(response);
            JsonNode bytes = json.path("usage_bytes");
            return bytes.canConvertToLong() && bytes.isIntegralNumber() && bytes.asLong() >= 0
                    ? paid(resource, bytes.asLong(), json)
                    : new BillingResult.Unclear(
                            "OpenAI returned status " + response.status() + " without a size");
        }
    }

    private static boolean isTakingIn(JsonNode json) {
        return json.path("status").asText().equals("in_progress")
                || json.path("file_counts").path("in_progress").asLong() > 0;
    }

    private BillingResult paid(BilledResource resource, long bytes, JsonNode json)
            throws NotPaidException {
        Instant now = clock.instant();
        BilledResource at = resource;
        for (int hours = 0; hours < MOST_HOURS; hours++) {
            BilledResource next = next(at, bytes, now);
            if (next == null) {
                Instant again =
                        isTakingIn(json) ? now.plus(WHILE_TAKING_IN) : at.paidUntil().minus(LEAD);
                return new BillingResult.Later(at.due(again));
            }
            at = storageCharges.pay(at, next, due(at, next));
        }
        return new BillingResult.Later(at.due(now));
    }

    /**
     * The next payment: growth within the paid hour, then the next hour; null when nothing is due.
     */
    private static @Nullable BilledResource next(BilledResource at, long bytes, Instant now) {
        if (at.isPaid() && bytes > at.bytes()) {
            return at.paid(at.paidUntil(), bytes);
        }
        Instant start = at.isPaid() ? at.paidUntil() : start(at, now);
        if (at.isPaid() && start.isAfter(now.plus(LEAD))) {
            return null;
        }
        Instant end = start.plus(HOUR);
        // The size in an unseen hour is unknown, so the larger of the two sizes counts.
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
