package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Admission;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.ledger.Deadline;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.Ledger;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Puts a hold on the ledger for each call: the full ceiling, or as much as can be paid for. A call
 * that sets no limit of its own to its output takes no more than a share of what is free.
 */
public final class Quota {
    private static final int BYTES_PER_TOKEN = 4;

    private final Ledger ledger;
    private final CallIds ids;
    private final InstantSource clock;
    private final Policy policy;
    private final InputCount counts;
    private final Turnstile turnstile = new Turnstile();
    private final LongAdder clamped = new LongAdder();

    /** Where calls are written down, and under which numbers and times. */
    public record Books(Ledger ledger, CallIds ids, InstantSource clock) {}

    public Quota(Books books, Policy policy, InputCount counts) {
        this.ledger = books.ledger();
        this.ids = books.ids();
        this.clock = books.clock();
        this.policy = policy;
        this.counts = counts;
    }

    /** Asks for a hold. Waits a bounded time where what is missing is held by other calls. */
    public Grant ask(Order order) {
        FixedAmount amount = order.amount();
        return amount == null ? flexible(order) : patient(order, amount);
    }

    /** Why not even the smallest call of a key would be let through now; empty when it would be. */
    public Optional<Grant> objection(Key key) {
        return ledger.objection(key, clock.instant()).map(Quota::denied);
    }

    private static Grant denied(Admission.Denied why) {
        return switch (why) {
            case Admission.OverQuota over ->
                    over.spent().compareTo(over.limit()) >= 0
                            ? new Grant.Spent(over, Usd.ZERO)
                            : new Grant.Busy(over);
            case Admission.Refused refused -> new Grant.Refused(refused);
            case Admission.Unavailable down -> new Grant.Unavailable(down.why());
        };
    }

    private Grant flexible(Order asked) {
        return InputCount.hasFiles(asked) ? withFiles(asked) : withKnownInput(asked);
    }

    private Grant withFiles(Order asked) {
        return barred(asked)
                .orElseGet(
                        () -> {
                            Order order = counts.closer(asked);
                            Attempt first = whole(order);
                            return first.shortOf() == null
                                    ? first.grant()
                                    : smaller(order, order, first);
                        });
    }

    private Grant withKnownInput(Order order) {
        Attempt first = whole(order);
        if (first.shortOf() == null) {
            return first.grant();
        }
        return (InputCount.asksOpenAi(order) ? barred(order) : Optional.<Grant>empty())
                .orElseGet(() -> smaller(order, counts.closer(order), first));
    }

    /** Why OpenAI need not be asked to count: more than waiting for other calls is needed. */
    private Optional<Grant> barred(Order order) {
        return objection(order.key()).filter(grant -> !(grant instanceof Grant.Busy));
    }

    /** Asks for a smaller hold than the first, which was refused. */
    private Grant smaller(Order order, Order counted, Attempt first) {
        Order closer = leaner(counted, Objects.requireNonNull(first.shortOf()).free());
        Attempt attempt = closer.equals(order) ? first : whole(closer);
        Grant grant = attempt.shortOf() == null ? attempt.grant() : clamped(closer, attempt);
        return grant instanceof Grant.Spent spent ? explained(spent, order, closer) : grant;
    }

    /** With what the call needs so much for, and by what changes it would be let through. */
    private Grant explained(Grant.Spent spent, Order asked, Order closer) {
        long floor = policy.floorTokens();
        Remedies remedies = new Remedies(asked, closer, spent.why().free(), floor, clock.instant());
        Offer least = Offer.of(closer, floor);
        return new Grant.Spent(spent.why(), spent.least(), least.parts(), remedies.find());
    }

    /** A call that cannot pay for all the tools it asks for may still use some, or one. */
    private Order leaner(Order order, Usd free) {
        Usd share = Usd.ofNanos(free.nanos() / policy.shareParts());
        RequestFacts facts = order.facts();
        Integer calls = facts.tools().isHosted() ? facts.tools().calls() : null;
        Order lean = order;
        for (int left = calls == null ? 0 : calls; left > 1 && isDearer(lean, share); ) {
            left /= 2;
            lean = order.with(facts.withToolCalls(left));
        }
        return lean;
    }

    private boolean isDearer(Order order, Usd share) {
        return Offer.of(order, policy.floorTokens()).least().compareTo(share) > 0;
    }

    /** Asks for a hold of just that amount, for what cannot be clamped. */
    public Grant ask(Order order, FixedAmount amount) {
        Attempt attempt = attempt(order, Offer.Clamp.none(amount.usd()));
        Admission.OverQuota why = attempt.shortOf();
        return why == null ? attempt.grant() : amount.explained(Grant.overQuota(why, amount.usd()));
    }

    private Grant patient(Order order, FixedAmount amount) {
        long deadline = System.nanoTime() + policy.patience().toNanos();
        long ticket = turnstile.endings();
        Grant grant = ask(order, amount);
        while (grant instanceof Grant.Busy && awaitEnding(ticket, deadline)) {
            ticket = turnstile.endings();
            grant = ask(order, amount);
        }
        return grant;
    }

    /** How far what does not fit is clamped. */
    public Policy policy() {
        return policy;
    }

    /** How many calls hold something now. */
    public long inFlight() {
        return turnstile.inFlight();
    }

    /** How many calls have had their output limited so that they fit. */
    public long clamped() {
        return clamped.sum();
    }

    /** Waits until no call is in flight; false when that takes longer than it may. */
    public boolean awaitIdle(Duration most) throws InterruptedException {
        return turnstile.awaitEmpty(most);
    }

    /** What came of one attempt; {@code shortOf} says when money was the only thing missing. */
    private record Attempt(Grant grant, Admission.@Nullable OverQuota shortOf) {}

    private Grant clamped(Order order, Attempt first) {
        Offer offer = Offer.of(order, policy.floorTokens());
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
            last = clamp.isEmpty() ? whole(order) : attempt(order, clamp.get());
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
            Deadline.renew();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Attempt whole(Order order) {
        return attempt(order, Offer.of(order, policy.floorTokens()).whole(policy.shareParts()));
    }

    private Attempt attempt(Order order, Offer.Clamp clamp) {
        Usd amount = clamp.amount();
        CallId id = ids.next();
        Admission admission = ledger.admit(holdOrder(order, id, amount), clamp.room());
        return switch (admission) {
            case Admission.Granted granted -> {
                Hold.Terms terms =
                        new Hold.Terms(id, amount, order.price().name(), granted.remaining());
                yield new Attempt(granted(order, terms, clamp), null);
            }
            case Admission.OverQuota over -> new Attempt(new Grant.Spent(over, amount), over);
            case Admission.Refused refused -> new Attempt(new Grant.Refused(refused), null);
            case Admission.Unavailable down -> new Attempt(new Grant.Unavailable(down.why()), null);
        };
    }

    private Grant granted(Order order, Hold.Terms terms, Offer.Clamp clamp) {
        Hold hold = new Hold(new Hold.Desk(ledger, clock, turnstile), terms);
        RequestFacts.Tools tools = order.facts().tools();
        Long limit = order.meter().limitsOutput() ? clamp.tokens() : null;
        clamped.add(limit == null ? 0 : 1);
        return new Grant.Granted(hold, limit, tools.isHosted() ? tools.calls() : null);
    }

    private HoldRequest holdOrder(Order order, CallId id, Usd amount) {
        RequestFacts facts = order.facts();
        Long asked = facts.output().maxTokens();
        long output = asked == null ? 0 : asked * facts.output().choices();
        return new HoldRequest(
                id,
                order.key(),
                order.operation(),
                order.price().name(),
                amount,
                facts.input().bound() / BYTES_PER_TOKEN + output,
                clock.instant(),
                order.priceVersion());
    }
}
