package dev.oaiproxy.proxy.settle;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.ledger.store.BilledResource;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.StorageBillingRules;
import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Vector stores are paid by the hour, in advance, for the size that OpenAI tells; what has been
 * added within an hour is paid as if it had been there for the whole of it. The next hour is paid
 * before the last one ends, so that there is time to raise a quota before anything is lost.
 */
final class StoreKeeper implements Keeper {
    private static final String OPERATION = "storage vector_stores";
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LEAD = Duration.ofMinutes(15);

    /** OpenAI counts files when it has taken them in. */
    private static final Duration WHILE_TAKING_IN = Duration.ofSeconds(30);

    private static final int MOST_HOURS = 1000;

    private final Upstream upstream;
    private final Payments payments;
    private final InstantSource clock;

    StoreKeeper(Upstream upstream, Payments payments, InstantSource clock) {
        this.upstream = upstream;
        this.payments = payments;
        this.clock = clock;
    }

    @Override
    public String path() {
        return "/vector_stores/";
    }

    @Override
    public Care see(BilledResource billedResource) throws UpstreamException {
        try (Answer answer = Fetch.get(upstream, path() + billedResource.id())) {
            if (answer.status() == Fetch.NOT_FOUND) {
                return new Care.Gone();
            }
            JsonNode json = Fetch.object(answer);
            JsonNode bytes = json.path("usage_bytes");
            return bytes.canConvertToLong() && bytes.isIntegralNumber() && bytes.asLong() >= 0
                    ? paid(billedResource, bytes.asLong(), isTakingIn(json))
                    : new Care.Unclear("OpenAI answered " + answer.status() + " without a size");
        }
    }

    private static boolean isTakingIn(JsonNode json) {
        return json.path("status").asText().equals("in_progress")
                || json.path("file_counts").path("in_progress").asLong() > 0;
    }

    private Care paid(BilledResource billedResource, long bytes, boolean takingIn) {
        Instant now = clock.instant();
        BilledResource at = billedResource;
        for (int hours = 0; hours < MOST_HOURS; hours++) {
            BilledResource next = next(at, bytes, now);
            if (next == null) {
                Instant lead = at.paidUntil().minus(LEAD);
                return new Care.Later(at.due(takingIn ? now.plus(WHILE_TAKING_IN) : lead));
            }
            switch (payments.pay(new Payments.Move(at, next), due(at, next))) {
                case Payments.Outcome.Paid paid -> at = paid.billedResource();
                case Payments.Outcome.Overtaken _ -> {
                    return new Care.Unclear("another has paid for it");
                }
                case Payments.Outcome.Refused refused -> {
                    return new Care.Unpaid(refused);
                }
                case Payments.Outcome.Unpriced unpriced -> {
                    return new Care.Unclear("no price for " + unpriced.row());
                }
            }
        }
        return new Care.Later(at.due(now));
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

    private Payments.Due due(BilledResource at, BilledResource next) {
        boolean grown = next.paidUntil().equals(at.paidUntil());
        long size = grown ? next.bytes() - at.bytes() : next.bytes();
        return new Payments.Due(
                OPERATION,
                StorageBillingRules.ROW,
                Unit.STORAGE,
                StorageBillingRules.quantity(size, HOUR),
                payments.payers(at));
    }
}
