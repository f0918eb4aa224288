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

    /** Asks for a hold. Waits a bounded time when other calls hold the missing amount. */
    public Grant ask(QuotaRequest request) {
        FixedHold amount = request.amount();
        return amount == null ? flexible(request) : patient(request, amount);
    }

    /** The denial of even the smallest call of a key; empty when it would be admitted now. */
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

    private Grant flexible(QuotaRequest asked) {
        return InputTokenCounter.hasFiles(asked) ? withFiles(asked) : withKnownInput(asked);
    }

    private Grant withFiles(QuotaRequest asked) {
        return barred(asked)
                .orElseGet(
                        () -> {
                            QuotaRequest request = counts.closer(asked);
                            Attempt first = whole(request);
                            return first.shortOf() == null
                                    ? first.grant()
                                    : smaller(request, request, first);
                        });
    }

    private Grant withKnownInput(QuotaRequest request) {
        Attempt first = whole(request);
        if (first.shortOf() == null) {
            return first.grant();
        }
        return (InputTokenCounter.asksOpenAi(request) ? barred(request) : Optional.<Grant>empty())
                .orElseGet(() -> smaller(request, counts.closer(request), first));
    }

    /** A denial that makes counting pointless: waiting for other calls would not help. */
    private Optional<Grant> barred(QuotaRequest request) {
        return objection(request.key()).filter(grant -> !(grant instanceof Grant.Busy));
    }

    /** Asks for a smaller hold after the first was refused. */
    private Grant smaller(QuotaRequest request, QuotaRequest counted, Attempt first) {
        QuotaRequest closer = leaner(counted, Objects.requireNonNull(first.shortOf()).free());
        Attempt attempt = closer.equals(request) ? first : whole(closer);
        Grant grant = attempt.shortOf() == null ? attempt.grant() : clamped(closer, attempt);
        return grant instanceof Grant.Spent spent ? explained(spent, request, closer) : grant;
    }

    /** Adds the parts of the needed amount, and the changes by which the call would fit. */
    private Grant explained(Grant.Spent spent, QuotaRequest asked, QuotaRequest closer) {
        long floor = quotaPolicy.floorTokens();
        RemedyFinder remedyFinder =
                new RemedyFinder(asked, closer, spent.why().free(), floor, clock.instant());
        OutputClamp least = OutputClamp.of(closer, floor);
        return new Grant.Spent(spent.why(), spent.least(), least.parts(), remedyFinder.find());
    }

    /** Lowers the limit on tool calls until the call fits its share, or one is left. */
    private QuotaRequest leaner(QuotaRequest request, Usd free) {
        Usd share = Usd.ofNanos(free.nanos() / quotaPolicy.shareParts());
        RequestFacts facts = request.facts();
        Integer calls = facts.tools().isHosted() ? facts.tools().calls() : null;
        QuotaRequest lean = request;
        for (int left = calls == null ? 0 : calls; left > 1 && isDearer(lean, share); ) {
            left /= 2;
            lean = request.with(facts.withToolCalls(left));
        }
        return lean;
    }

    private boolean isDearer(QuotaRequest request, Usd share) {
        return OutputClamp.of(request, quotaPolicy.floorTokens()).least().compareTo(share) > 0;
    }

    /** Asks for a hold of a fixed amount, which cannot be clamped. */
    public Grant ask(QuotaRequest request, FixedHold amount) {
        Attempt attempt = attempt(request, OutputClamp.Clamp.none(amount.usd()));
        Admission.OverQuota why = attempt.shortOf();
        return why == null ? attempt.grant() : amount.explained(Grant.overQuota(why, amount.usd()));
    }

    private Grant patient(QuotaRequest request, FixedHold amount) {
        long deadline = System.nanoTime() + quotaPolicy.patience().toNanos();
        long ticket = inFlightCalls.endings();
        Grant grant = ask(request, amount);
        while (grant instanceof Grant.Busy && awaitEnding(ticket, deadline)) {
            ticket = inFlightCalls.endings();
            grant = ask(request, amount);
        }
        return grant;
    }

    /** The policy for clamps, shares and waits. */
    public QuotaPolicy policy() {
        return quotaPolicy;
    }

    /** The number of calls that hold something now. */
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

    /** One attempt; {@code shortOf} is set when only money was missing. */
    private record Attempt(Grant grant, Admission.@Nullable OverQuota shortOf) {}

    private Grant clamped(QuotaRequest request, Attempt first) {
        OutputClamp outputClamp = OutputClamp.of(request, quotaPolicy.floorTokens());
        long deadline = System.nanoTime() + quotaPolicy.patience().toNanos();
        long ticket = inFlightCalls.endings();
        Attempt last = first;
        while (last.shortOf() != null) {
            Admission.OverQuota why = last.shortOf();
            Optional<OutputClamp.Clamp> clamp =
                    outputClamp.within(why.free(), quotaPolicy.shareParts());
            if (clamp.isEmpty() && !outputClamp.fitsWithoutOthers(why)) {
                return new Grant.Spent(why, outputClamp.least());
            }
            if (clamp.isEmpty() && !awaitEnding(ticket, deadline)) {
                return new Grant.Busy(why);
            }
            ticket = inFlightCalls.endings();
            last = clamp.isEmpty() ? whole(request) : attempt(request, clamp.get());
        }
        return last.grant();
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

    private Attempt whole(QuotaRequest request) {
        return attempt(
                request,
                OutputClamp.of(request, quotaPolicy.floorTokens()).whole(quotaPolicy.shareParts()));
    }

    private Attempt attempt(QuotaRequest request, OutputClamp.Clamp clamp) {
        Usd amount = clamp.amount();
        CallId id = ids.next();
        Admission admission = ledger.admit(holdOrder(request, id, amount), clamp.room());
        return switch (admission) {
            case Admission.Granted granted -> {
                String model = request.price().name();
                Usd remaining = granted.remaining();
                Hold hold = new Hold(ledger, clock, inFlightCalls, id, model, amount, remaining);
                yield new Attempt(granted(request, hold, clamp), null);
            }
            case Admission.OverQuota over -> new Attempt(new Grant.Spent(over, amount), over);
            case Admission.Refused refused -> new Attempt(new Grant.Refused(refused), null);
            case Admission.Unavailable down -> new Attempt(new Grant.Unavailable(down.why()), null);
        };
    }

    private Grant granted(QuotaRequest request, Hold hold, OutputClamp.Clamp clamp) {
        RequestFacts.Tools tools = request.facts().tools();
        Long limit = request.meter().limitsOutput() ? clamp.tokens() : null;
        clamped.add(limit == null ? 0 : 1);
        return new Grant.Granted(hold, limit, tools.isHosted() ? tools.calls() : null);
    }

    private HoldRequest holdOrder(QuotaRequest request, CallId id, Usd amount) {
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
