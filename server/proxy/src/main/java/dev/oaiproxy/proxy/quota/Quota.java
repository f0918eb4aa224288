package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.ledger.Deadline;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.Ledger;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Puts a hold on the ledger for each call: its full ceiling, or less with a clamped output. A call
 * without an output limit takes at most a share of the free amount.
 */
public final class Quota {
    private static final int BYTES_PER_TOKEN = 4;

    private final Ledger ledger;
    private final CallIds ids;
    private final InstantSource clock;
    private final QuotaPolicy quotaPolicy;
    private final InputTokenCounter counts;
    private final InFlightCalls inFlightCalls = new InFlightCalls();
    private final LongAdder clamped = new LongAdder();

    public Quota(
            Ledger ledger,
            CallIds ids,
            InstantSource clock,
            QuotaPolicy quotaPolicy,
            InputTokenCounter counts) {
        this.ledger = ledger;
        this.ids = ids;
        this.clock = clock;
        this.quotaPolicy = quotaPolicy;
        this.counts = counts;
    }

    /**
     * Asks for a hold. Waits a bounded time when other calls hold the missing amount.
     *
     * @throws RefusedException when it is not granted
     */
    public GrantedHold ask(MeteredRequest request) {
        HoldAmount amount = request.amount();
        return amount == null ? flexible(request) : patient(request, amount);
    }

    /** The refusal of even the smallest call of a key; empty when it would be admitted now. */
    public Optional<Refusal> objection(Key key) {
        return ledger.objection(key, clock.instant())
                .map(
                        why ->
                                why instanceof Admission.OverQuota over
                                                && over.spent().compareTo(over.limit()) >= 0
                                        ? new Refusal.QuotaSpent(over, Usd.ZERO)
                                        : Refusal.of(why, Usd.ZERO));
    }

    private GrantedHold flexible(MeteredRequest asked) {
        if (InputTokenCounter.hasFiles(asked)) {
            requireFunds(asked);
            MeteredRequest counted = counts.closer(asked);
            Attempt first = whole(counted);
            return first.shortOf() == null ? first.granted() : smaller(counted, counted, first);
        }
        Attempt first = whole(asked);
        if (first.shortOf() == null) {
            return first.granted();
        }
        if (InputTokenCounter.asksOpenAi(asked)) {
            requireFunds(asked);
        }
        return smaller(asked, counts.closer(asked), first);
    }

    /** Refuses a request that no ending call could help, so that counting it is pointless. */
    private void requireFunds(MeteredRequest request) {
        Optional<Refusal> refusal = objection(request.key());
        if (refusal.isPresent() && !(refusal.get() instanceof Refusal.QuotaHeld)) {
            throw new RefusedException(refusal.get());
        }
    }

    /** Asks for a smaller hold after the first was refused. */
    private GrantedHold smaller(MeteredRequest request, MeteredRequest counted, Attempt first) {
        MeteredRequest closer = leaner(counted, Objects.requireNonNull(first.shortOf()).free());
        Attempt attempt = closer.equals(request) ? first : whole(closer);
        return attempt.shortOf() == null ? attempt.granted() : clamped(request, closer, attempt);
    }

    /** Lowers the limit on tool calls until the call fits its share, or until one is left. */
    private MeteredRequest leaner(MeteredRequest request, Usd free) {
        Usd share = Usd.ofNanos(free.nanos() / quotaPolicy.shareParts());
        RequestFacts facts = request.facts();
        Integer calls = facts.tools().isHosted() ? facts.tools().calls() : null;
        MeteredRequest lean = request;
        for (int left = calls == null ? 0 : calls; left > 1 && isDearer(lean, share); ) {
            left /= 2;
            lean = request.with(facts.withToolCalls(left));
        }
        return lean;
    }

    private boolean isDearer(MeteredRequest request, Usd share) {
        return OutputClamp.of(request, quotaPolicy.floorTokens()).least().compareTo(share) > 0;
    }

    /**
     * Asks for a hold of a fixed amount, which cannot be clamped.
     *
     * @throws RefusedException when it is not granted
     */
    public GrantedHold ask(MeteredRequest request, HoldAmount amount) {
        Attempt attempt = attempt(request, OutputClamp.Clamp.none(amount.usd()));
        if (attempt.shortOf() != null) {
            throw new RefusedException(amount.refusal(attempt.shortOf()));
        }
        return attempt.granted();
    }

    private GrantedHold patient(MeteredRequest request, HoldAmount amount) {
        long deadline = System.nanoTime() + quotaPolicy.patience().toNanos();
        while (true) {
            long ticket = inFlightCalls.endings();
            try {
                return ask(request, amount);
            } catch (RefusedException refused) {
                if (!(refused.refusal() instanceof Refusal.QuotaHeld)
                        || !awaitEnding(ticket, deadline)) {
                    throw refused;
                }
            }
        }
    }

    public QuotaPolicy policy() {
        return quotaPolicy;
    }

    /** The number of calls that have a hold now. */
    public long inFlight() {
        return inFlightCalls.inFlight();
    }

    /** The number of calls whose output was clamped. */
    public long clamped() {
        return clamped.sum();
    }

    /** Waits until no call is in flight; false after a timeout. */
    public boolean awaitIdle(Duration most) throws InterruptedException {
        return inFlightCalls.awaitEmpty(most);
    }

    /** The result of one attempt: a hold, or the quota that is short of money. */
    private record Attempt(@Nullable GrantedHold hold, Admission.@Nullable OverQuota shortOf) {
        GrantedHold granted() {
            return Objects.requireNonNull(hold);
        }
    }

    private GrantedHold clamped(MeteredRequest asked, MeteredRequest request, Attempt first) {
        OutputClamp outputClamp = OutputClamp.of(request, quotaPolicy.floorTokens());
        long deadline = System.nanoTime() + quotaPolicy.patience().toNanos();
        long ticket = inFlightCalls.endings();
        Attempt last = first;
        while (last.shortOf() != null) {
            Admission.OverQuota why = last.shortOf();
            Optional<OutputClamp.Clamp> clamp =
                    outputClamp.within(why.free(), quotaPolicy.shareParts());
            if (clamp.isEmpty() && !outputClamp.fitsWithoutOthers(why)) {
                throw new RefusedException(spent(why, asked, request));
            }
            if (clamp.isEmpty() && !awaitEnding(ticket, deadline)) {
                throw new RefusedException(new Refusal.QuotaHeld(why));
            }
            ticket = inFlightCalls.endings();
            last = clamp.isEmpty() ? whole(request) : attempt(request, clamp.get());
        }
        return last.granted();
    }

    /** Names the parts of the needed amount, and the changes by which the call would fit. */
    private Refusal spent(Admission.OverQuota why, MeteredRequest asked, MeteredRequest closer) {
        long floor = quotaPolicy.floorTokens();
        OutputClamp least = OutputClamp.of(closer, floor);
        RemedyFinder finder = new RemedyFinder(asked, closer, why.free(), floor, clock.instant());
        return new Refusal.QuotaSpent(why, least.least(), least.parts(), finder.find());
    }

    private boolean awaitEnding(long ticket, long deadline) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            return false;
        }
        try {
            inFlightCalls.await(ticket, left);
            Deadline.renew();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Attempt whole(MeteredRequest request) {
        return attempt(
                request,
                OutputClamp.of(request, quotaPolicy.floorTokens()).whole(quotaPolicy.shareParts()));
    }

    private Attempt attempt(MeteredRequest request, OutputClamp.Clamp clamp) {
        Usd amount = clamp.amount();
        HoldRequest order = holdRequest(request, ids.next(), amount);
        return switch (ledger.admit(order, clamp.room())) {
            case Admission.Granted granted -> {
                Hold hold = new Hold(ledger, clock, inFlightCalls, order, granted.remaining());
                yield new Attempt(granted(request, hold, clamp), null);
            }
            case Admission.OverQuota over -> new Attempt(null, over);
            case Admission.Denied denied -> throw new RefusedException(Refusal.of(denied, amount));
        };
    }

    private GrantedHold granted(MeteredRequest request, Hold hold, OutputClamp.Clamp clamp) {
        RequestFacts.Tools tools = request.facts().tools();
        Long limit = request.meter().limitsOutput() ? clamp.tokens() : null;
        clamped.add(limit == null ? 0 : 1);
        return new GrantedHold(hold, limit, tools.isHosted() ? tools.calls() : null);
    }

    private HoldRequest holdRequest(MeteredRequest request, CallId id, Usd amount) {
        RequestFacts facts = request.facts();
        Long asked = facts.output().maxTokens();
        long output = asked == null ? 0 : asked * facts.output().choices();
        return new HoldRequest(
                id,
                request.key(),
                request.operation(),
                request.price().name(),
                amount,
                facts.input().bound() / BYTES_PER_TOKEN + output,
                clock.instant(),
                request.priceVersion());
    }
}
