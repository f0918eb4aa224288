package dev.oaiproxy.server.quota;

import dev.oaiproxy.server.catalogue.RequestFacts;
import dev.oaiproxy.server.ledger.Admission;
import dev.oaiproxy.server.ledger.CallId;
import dev.oaiproxy.server.ledger.CallIds;
import dev.oaiproxy.server.ledger.HoldOrder;
import dev.oaiproxy.server.ledger.Ledger;
import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.price.Pricer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts a hold on the ledger for each call, the full ceiling or as much as can be paid for. */
public final class Quota {
    private static final int BYTES_PER_TOKEN = 4;

    private final Ledger ledger;
    private final CallIds ids;
    private final InstantSource clock;
    private final Policy policy;
    private final TokenCount tokens;
    private final Turnstile turnstile = new Turnstile();

    public Quota(Ledger ledger, CallIds ids, InstantSource clock, Policy policy) {
        this.ledger = ledger;
        this.ids = ids;
        this.clock = clock;
        this.policy = policy;
        this.tokens = new TokenCount();
    }

    /** Asks for a hold. Waits a bounded time where what is missing is held by other calls. */
    public Grant ask(Order order) {
        RequestFacts facts = order.facts();
        Attempt attempt = attempt(order, facts, null);
        if (attempt.shortOf() != null && facts.boundedInput()) {
            facts = facts.withInputBound(tokens.bound(order.body(), facts.bodyBytes()));
            attempt = attempt(order, facts, null);
        }
        return attempt.shortOf() == null ? attempt.grant() : clamped(order, facts, attempt);
    }

    /** How many calls hold something now. */
    public long inFlight() {
        return turnstile.inFlight();
    }

    /** Waits until no call is in flight; false when that takes longer than it may. */
    public boolean awaitIdle(Duration most) throws InterruptedException {
        return turnstile.awaitEmpty(most);
    }

    /** What came of one attempt; {@code shortOf} says when money was the only thing missing. */
    private record Attempt(Grant grant, Admission.@Nullable OverQuota shortOf) {}

    private Grant clamped(Order order, RequestFacts facts, Attempt first) {
        Offer offer = Offer.of(order.price(), facts, policy.floorTokens());
        long deadline = System.nanoTime() + policy.patience().toNanos();
        long ticket = turnstile.endings();
        Attempt last = first;
        while (last.shortOf() != null) {
            Admission.OverQuota why = last.shortOf();
            Optional<Offer.Clamp> clamp = offer.within(why.free(), policy.shareParts());
            if (clamp.isEmpty() && !offer.fitsWithoutOthers(why)) {
                return new Grant.Spent(why, offer.least());
            }
            if (clamp.isEmpty() && !awaitEnding(ticket, deadline)) {
                return new Grant.Busy(why);
            }
            ticket = turnstile.endings();
            last = attempt(order, facts, clamp.orElse(null));
        }
        return last.grant();
    }

    private boolean awaitEnding(long ticket, long deadline) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            return false;
        }
        try {
            turnstile.await(ticket, left);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Attempt attempt(Order order, RequestFacts facts, Offer.@Nullable Clamp clamp) {
        Usd amount = clamp == null ? Pricer.ceiling(order.price(), facts) : clamp.amount();
        CallId id = ids.next();
        Admission admission = ledger.admit(holdOrder(order, facts, id, amount));
        return switch (admission) {
            case Admission.Granted granted -> {
                Hold.Desk desk = new Hold.Desk(ledger, clock, turnstile);
                Hold.Terms terms =
                        new Hold.Terms(id, amount, order.price().name(), granted.remaining());
                Hold hold = new Hold(desk, terms);
                yield new Attempt(
                        new Grant.Granted(hold, clamp == null ? null : clamp.tokens()), null);
            }
            case Admission.OverQuota over -> new Attempt(new Grant.Spent(over, amount), over);
            case Admission.Refused refused -> new Attempt(new Grant.Refused(refused), null);
            case Admission.Unavailable down -> new Attempt(new Grant.Unavailable(down.why()), null);
        };
    }

    private HoldOrder holdOrder(Order order, RequestFacts facts, CallId id, Usd amount) {
        Long asked = facts.maxOutputTokens();
        long output = asked == null ? 0 : asked * facts.choices();
        return new HoldOrder(
                id,
                order.key(),
                order.operation(),
                order.price().name(),
                amount,
                facts.bodyBytes() / BYTES_PER_TOKEN + output,
                clock.instant(),
                order.priceVersion());
    }
}
