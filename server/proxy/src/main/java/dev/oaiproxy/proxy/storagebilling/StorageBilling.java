package dev.oaiproxy.proxy.storagebilling;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.store.table.BilledResource;
import dev.oaiproxy.ledger.store.table.OwnedObjects;
import dev.oaiproxy.ledger.store.table.RecurringCharges;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.proxy.deferred.DueWork;
import dev.oaiproxy.proxy.deferred.ObjectFetch;
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
public final class StorageBilling implements AutoCloseable {
    private static final Logger LOG = System.getLogger(StorageBilling.class.getName());
    private static final Duration AGAIN = Duration.ofMinutes(1);

    /** For how long what the quota does not allow is kept all the same. */
    private static final Duration GRACE = Duration.ofMinutes(15);

    /** What OpenAI has only just made may be unknown to a part of it. */
    private static final int MOST_MISSES = 3;

    private final Books books;
    private final Upstream upstream;
    private final VectorStoreBilling stores;
    private final ContainerBilling containers;
    private final DueWork<BilledResource> work;

    /**
     * What is kept, whose it is, and where it is written down that it was paid.
     *
     * @param keysOf the keys of the user of a number
     */
    public record Books(
            RecurringCharges recurringCharges,
            OwnedObjects ownedObjects,
            LongFunction<List<Key>> keysOf,
            CallIds ids,
            InstantSource clock) {}

    public StorageBilling(Books books, Upstream upstream, Supplier<PriceBook> prices) {
        StorageCharges storageCharges = new StorageCharges(books, prices);
        this.books = books;
        this.upstream = upstream;
        this.stores = new VectorStoreBilling(upstream, storageCharges, books.clock());
        this.containers = new ContainerBilling(upstream, storageCharges, books.clock());
        this.work =
                new DueWork<>(
                        new DueWork.Kind<>(
                                "upkeep",
                                books.recurringCharges()::due,
                                BilledResource::id,
                                this::seeTo));
    }

    /** What pays for containers when they are used. */
    public ContainerUse use() {
        return new ContainerUse(books.recurringCharges(), containers, books.clock());
    }

    /** Sees to what is due from now on. */
    public void start() {
        work.start();
    }

    /** Sees to what is due now, and waits until that is done. */
    public void seeToDue() throws InterruptedException {
        work.seeToDue();
    }

    private void seeTo(BilledResource resource) {
        Instant again = books.clock().instant().plus(AGAIN);
        if (books.recurringCharges().claim(resource, again)) {
            take(resource, again, seen(resource));
        }
    }

    private ResourceBilling keeper(ObjectKind kind) {
        return switch (kind) {
            case VECTOR_STORE -> stores;
            case CONTAINER -> containers;
            default -> throw new IllegalStateException("nothing is paid for a " + kind);
        };
    }

    private BillingResult seen(BilledResource resource) {
        try {
            return keeper(resource.kind()).see(resource);
        } catch (UpstreamException e) {
            return new BillingResult.Unclear(e.toString());
        } catch (IllegalArgumentException | ArithmeticException e) {
            return new BillingResult.Unclear("the cost is out of range");
        }
    }

    private void take(BilledResource resource, Instant again, BillingResult billingResult) {
        switch (billingResult) {
            case BillingResult.Later later ->
                    books.recurringCharges().note(later.resource(), again);
            case BillingResult.Ended _ -> books.recurringCharges().close(resource.id());
            case BillingResult.Gone _ when resource.misses() + 1 < MOST_MISSES ->
                    books.recurringCharges().note(resource.missed(again), again);
            case BillingResult.Gone _ -> books.ownedObjects().forget(resource.id());
            case BillingResult.Unpaid unpaid -> unpaid(unpaid.why());
            case BillingResult.Unclear unclear -> unclear(resource, unclear.why());
        }
    }

    private void unclear(BilledResource resource, String why) {
        boolean overdue = resource.paidUntil().isBefore(books.clock().instant());
        String text = "kind={0} object={1} paid_until={2} why={3}";
        Object[] told = {resource.kind().label(), resource.id(), resource.paidUntil(), why};
        if (overdue) {
            Alarms.raise(LOG, "upkeep_unpaid", text, told);
        } else {
            LOG.log(Level.WARNING, "upkeep_unclear " + text, told);
        }
    }

    /** Until then there is time for the quota to be raised, or for calls in flight to end. */
    private void unpaid(StorageCharges.Outcome.Refused refused) {
        Instant now = books.clock().instant();
        BilledResource resource = refused.move().before();
        Instant owed = resource.owed().equals(Instant.EPOCH) ? now : resource.owed();
        books.recurringCharges().owe(resource.id(), owed);
        boolean over = !end(refused, owed).isAfter(now);
        Alarms.raise(
                LOG,
                over ? "deleting_unpaid" : "cannot_be_paid",
                "kind={0} object={1} user={2} account={3} paid_until={4}",
                resource.kind().label(),
                resource.id(),
                Long.toString(resource.user()),
                refused.why().scope(),
                resource.paidUntil());
        if (over) {
            delete(resource);
        }
    }

    /**
     * How long it is kept at the operator's cost. Calls can hold a quota for a day; what has been
     * added is not paid for at all.
     */
    private static Instant end(StorageCharges.Outcome.Refused refused, Instant owed) {
        BilledResource resource = refused.move().before();
        Instant paid = refused.isBusy() ? resource.paidUntil().plus(GRACE) : resource.paidUntil();
        Instant grace = owed.plus(GRACE);
        boolean sooner = !refused.move().isFurther() && grace.isBefore(paid);
        return sooner || !resource.isPaid() ? grace : paid;
    }

    private void delete(BilledResource resource) {
        if (hasDeleted(resource.kind(), resource.id())) {
            books.ownedObjects().forget(resource.id());
            LOG.log(Level.ERROR, "deleted_unpaid object={0}", resource.id());
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
            int status = ObjectFetch.delete(upstream, keeper(kind).path() + id);
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
