package dev.oaiproxy.proxy.settle;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.store.Accruals;
import dev.oaiproxy.ledger.store.Kept;
import dev.oaiproxy.ledger.store.Objects;
import dev.oaiproxy.metering.operation.ObjectKind;
import dev.oaiproxy.metering.operation.ObjectReference;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Has users pay for what OpenAI keeps for them, while it is kept, and has OpenAI delete what nobody
 * can pay for any more: it would go on to cost.
 */
public final class Upkeep implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Upkeep.class.getName());
    private static final Duration AGAIN = Duration.ofMinutes(1);

    /** For how long what the quota does not allow is kept all the same. */
    private static final Duration GRACE = Duration.ofMinutes(15);

    /** What OpenAI has only just made may be unknown to a part of it. */
    private static final int MOST_MISSES = 3;

    private final Books books;
    private final Upstream upstream;
    private final StoreKeeper stores;
    private final ContainerKeeper containers;
    private final DueWork<Kept> work;

    /**
     * What is kept, whose it is, and where it is written down that it was paid.
     *
     * @param keysOf the keys of the user of a number
     */
    public record Books(
            Accruals accruals,
            Objects objects,
            LongFunction<List<Key>> keysOf,
            CallIds ids,
            InstantSource clock) {}

    public Upkeep(Books books, Upstream upstream, Supplier<PriceBook> prices) {
        Payments payments = new Payments(books, prices);
        this.books = books;
        this.upstream = upstream;
        this.stores = new StoreKeeper(upstream, payments, books.clock());
        this.containers = new ContainerKeeper(upstream, payments, books.clock());
        this.work =
                new DueWork<>(
                        new DueWork.Kind<>("upkeep", books.accruals()::due, Kept::id, this::seeTo));
    }

    /** What pays for containers when they are used. */
    public ContainerUse use() {
        return new ContainerUse(books.accruals(), containers, books.clock());
    }

    /** Sees to what is due from now on. */
    public void start() {
        work.start();
    }

    /** Sees to what is due now, and waits until that is done. */
    public void seeToDue() throws InterruptedException {
        work.seeToDue();
    }

    private void seeTo(Kept kept) {
        Instant again = books.clock().instant().plus(AGAIN);
        if (books.accruals().claim(kept, again)) {
            take(kept, again, seen(kept));
        }
    }

    private Keeper keeper(ObjectKind kind) {
        return switch (kind) {
            case VECTOR_STORE -> stores;
            case CONTAINER -> containers;
            default -> throw new IllegalStateException("nothing is paid for a " + kind);
        };
    }

    private Care seen(Kept kept) {
        try {
            return keeper(kept.kind()).see(kept);
        } catch (UpstreamException e) {
            return new Care.Unclear(e.toString());
        } catch (IllegalArgumentException | ArithmeticException e) {
            return new Care.Unclear("the cost is out of range");
        }
    }

    private void take(Kept kept, Instant again, Care care) {
        switch (care) {
            case Care.Later later -> books.accruals().note(later.kept(), again);
            case Care.Ended _ -> books.accruals().close(kept.id());
            case Care.Gone _ when kept.misses() + 1 < MOST_MISSES ->
                    books.accruals().note(kept.missed(again), again);
            case Care.Gone _ -> books.objects().forget(kept.id());
            case Care.Unpaid unpaid -> unpaid(unpaid.why());
            case Care.Unclear unclear -> unclear(kept, unclear.why());
        }
    }

    private void unclear(Kept kept, String why) {
        boolean overdue = kept.paidUntil().isBefore(books.clock().instant());
        String text = "kind={0} object={1} paid_until={2} why={3}";
        Object[] told = {kept.kind().label(), kept.id(), kept.paidUntil(), why};
        if (overdue) {
            Alarms.raise(LOG, "upkeep_unpaid", text, told);
        } else {
            LOG.log(Level.WARNING, "upkeep_unclear " + text, told);
        }
    }

    /** Until then there is time for the quota to be raised, or for calls in flight to end. */
    private void unpaid(Payments.Outcome.Refused refused) {
        Instant now = books.clock().instant();
        Kept kept = refused.move().before();
        Instant owed = kept.owed().equals(Instant.EPOCH) ? now : kept.owed();
        books.accruals().owe(kept.id(), owed);
        boolean over = !end(refused, owed).isAfter(now);
        Alarms.raise(
                LOG,
                over ? "deleting_unpaid" : "cannot_be_paid",
                "kind={0} object={1} user={2} account={3} paid_until={4}",
                kept.kind().label(),
                kept.id(),
                Long.toString(kept.user()),
                refused.why().scope(),
                kept.paidUntil());
        if (over) {
            delete(kept);
        }
    }

    /**
     * How long it is kept at the operator's cost. Calls can hold a quota for a day; what has been
     * added is not paid for at all.
     */
    private static Instant end(Payments.Outcome.Refused refused, Instant owed) {
        Kept kept = refused.move().before();
        Instant paid = refused.isBusy() ? kept.paidUntil().plus(GRACE) : kept.paidUntil();
        Instant grace = owed.plus(GRACE);
        boolean sooner = !refused.move().isFurther() && grace.isBefore(paid);
        return sooner || !kept.isPaid() ? grace : paid;
    }

    private void delete(Kept kept) {
        if (hasDeleted(kept.kind(), kept.id())) {
            books.objects().forget(kept.id());
            LOG.log(Level.ERROR, "deleted_unpaid object={0}", kept.id());
        }
    }

    /** Has OpenAI delete what could not be written down, and so would be kept at nobody's cost. */
    public void discard(ObjectReference object) {
        if (hasDeleted(object.kind(), object.id())) {
            LOG.log(Level.ERROR, "deleted_unowned object={0}", object.id());
        }
    }

    /** What it does not find may still be there: whether it is, the next looks tell. */
    private boolean hasDeleted(ObjectKind kind, String id) {
        String problem;
        try {
            int status = Fetch.delete(upstream, keeper(kind).path() + id);
            if (status / 100 == 2) {
                return true;
            }
            problem = "OpenAI answered " + status;
        } catch (UpstreamException e) {
            problem = e.toString();
        }
        Alarms.raise(LOG, "not_deleted", "object={0} why={1}", id, problem);
        return false;
    }

    /** Stops. What is not paid stays written down. */
    @Override
    public void close() {
        work.close();
    }
}
