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
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.storagebilling.BillingResult.NotPaidException;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Charges users for the resources that OpenAI keeps for them, as long as it keeps them. Deletes a
 * resource that nobody can pay for any more, because it would go on costing money.
 */
public final class StorageBilling implements AutoCloseable {
    private static final Logger LOG = System.getLogger(StorageBilling.class.getName());
    private static final Duration AGAIN = Duration.ofMinutes(1);

    /** The time that a resource stays after the quota no longer allows it. */
    private static final Duration GRACE = Duration.ofMinutes(15);

    /** The most requests in a row for which a part of OpenAI may not know a new resource. */
    private static final int MOST_MISSES = 3;

    private final RecurringCharges recurringCharges;
    private final OwnedObjects ownedObjects;
    private final InstantSource clock;
    private final Upstream upstream;
    private final VectorStoreBilling stores;
    private final ContainerBilling containers;
    private final DueWork<BilledResource> work;

    /**
     * @param keysOf the keys of a user, by the user's number
     */
    public StorageBilling(
            RecurringCharges recurringCharges,
            OwnedObjects ownedObjects,
            LongFunction<List<Key>> keysOf,
            CallIds ids,
            Upstream upstream,
            Supplier<PriceBook> prices,
            InstantSource clock) {
        StorageCharges charges = new StorageCharges(recurringCharges, keysOf, prices, ids, clock);
        this.recurringCharges = recurringCharges;
        this.ownedObjects = ownedObjects;
        this.clock = clock;
        this.upstream = upstream;
        this.stores = new VectorStoreBilling(upstream, charges, clock);
        this.containers = new ContainerBilling(upstream, charges, clock);
        this.work =
                new DueWork<>(
                        "storage-billing", recurringCharges::due, BilledResource::id, this::seeTo);
    }

    /**
     * Charges the session that a call begins by using a container again, if it begins one.
     *
     * @param key the key of the call, which pays
     * @throws RefusedException when the key cannot pay for it
     * @throws UpstreamException when OpenAI cannot be asked about the container
     */
    public void payUse(String container, Key key) throws UpstreamException {
        Optional<BilledResource> kept = recurringCharges.find(container);
        if (kept.isEmpty()) {
            return;
        }
        if (clock.instant().isBefore(kept.get().paidUntil()) || isContinued(kept.get(), key)) {
            recurringCharges.use(container);
        }
    }

    /**
     * True when the use of a container must be noted. Pays a session of a container that still
     * runs. No use is noted of one that has ended, since the user would pay for time in which it
     * did not run.
     */
    private boolean isContinued(BilledResource resource, Key key) throws UpstreamException {
        return switch (containers.ask(resource)) {
            case ContainerBilling.ContainerState.Running running -> {
                pay(running.resource(), key);
                yield true;
            }
            case ContainerBilling.ContainerState.Ended _,
                    ContainerBilling.ContainerState.NotFound _ ->
                    false;
            case ContainerBilling.ContainerState.Unclear _ -> true;
        };
    }

    private void pay(BilledResource resource, Key key) {
        try {
            containers.pay(resource, resource.used(), List.of(key));
        } catch (NotPaidException e) {
            switch (e.result()) {
                case BillingResult.Overtaken _ -> {}
                case BillingResult.NoPrice none ->
                        throw new RefusedException(new Refusal.Unpriced(none.row()));
                case BillingResult.Unaffordable unaffordable ->
                        throw new RefusedException(
                                Refusal.of(unaffordable.why(), unaffordable.cost()));
            }
        }
    }

    /** Begins to bill resources that are due. */
    public void start() {
        work.start();
    }

    /** Bills the resources that are due now, and waits until that is done. */
    public void seeToDue() throws InterruptedException {
        work.seeToDue();
    }

    private void seeTo(BilledResource resource) {
        Instant again = clock.instant().plus(AGAIN);
        if (recurringCharges.claim(resource, again)) {
            take(resource, again, seen(resource));
        }
    }

    private ResourceBilling billing(ObjectKind kind) {
        return switch (kind) {
            case VECTOR_STORE -> stores;
            case CONTAINER -> containers;
            default -> throw new IllegalStateException("no storage billing for a " + kind);
        };
    }

    private BillingResult seen(BilledResource resource) {
        try {
            return billing(resource.kind()).see(resource);
        } catch (NotPaidException e) {
            return e.result();
        } catch (UpstreamException e) {
            return new BillingResult.Unclear(e.toString());
        } catch (IllegalArgumentException | ArithmeticException e) {
            return new BillingResult.Unclear("the cost is out of range");
        }
    }

    private void take(BilledResource resource, Instant again, BillingResult billingResult) {
        switch (billingResult) {
            case BillingResult.Later later -> recurringCharges.note(later.resource(), again);
            case BillingResult.Ended _ -> recurringCharges.close(resource.id());
            case BillingResult.Gone _ when resource.misses() + 1 < MOST_MISSES ->
                    recurringCharges.note(resource.missed(again), again);
            case BillingResult.Gone _ -> ownedObjects.forget(resource.id());
            case BillingResult.Unaffordable unaffordable -> unpaid(unaffordable);
            case BillingResult.Overtaken _ -> unclear(resource, "another node has paid for it");
            case BillingResult.NoPrice none -> unclear(resource, "no price for " + none.row());
            case BillingResult.Unclear unclear -> unclear(resource, unclear.why());
        }
    }

    private void unclear(BilledResource resource, String why) {
        boolean overdue = resource.paidUntil().isBefore(clock.instant());
        String text = "kind={0} object={1} paid_until={2} why={3}";
        Object[] told = {resource.kind().label(), resource.id(), resource.paidUntil(), why};
        if (overdue) {
            Alarms.raise(LOG, "storage_billing_overdue", text, told);
        } else {
            LOG.log(Level.WARNING, "event=storage_billing_unclear " + text, told);
        }
    }

    /**
     * Notes a refused charge. Until the grace ends, the quota can be raised, or calls in flight can
     * end.
     */
    private void unpaid(BillingResult.Unaffordable unaffordable) {
        Instant now = clock.instant();
        BilledResource resource = unaffordable.before();
        Instant owed = resource.owed().equals(Instant.EPOCH) ? now : resource.owed();
        recurringCharges.owe(resource.id(), owed);
        boolean over = !end(unaffordable, owed).isAfter(now);
        Alarms.raise(
                LOG,
                over ? "deleting_unpaid" : "cannot_be_paid",
                "kind={0} object={1} user={2} account={3} paid_until={4}",
                resource.kind().label(),
                resource.id(),
                Long.toString(resource.user()),
                unaffordable.why().scope(),
                resource.paidUntil());
        if (over) {
            delete(resource);
        }
    }

    /**
     * The end of the time that a resource is kept at the operator's cost. Calls can hold a quota
     * for a day; added bytes are not paid at all.
     */
    private static Instant end(BillingResult.Unaffordable unaffordable, Instant owed) {
        BilledResource resource = unaffordable.before();
        Instant paid =
                unaffordable.isBusy() ? resource.paidUntil().plus(GRACE) : resource.paidUntil();
        Instant grace = owed.plus(GRACE);
        boolean sooner = !unaffordable.isFurther() && grace.isBefore(paid);
        return sooner || !resource.isPaid() ? grace : paid;
    }

    private void delete(BilledResource resource) {
        if (hasDeleted(resource.kind(), resource.id())) {
            ownedObjects.forget(resource.id());
            LOG.log(Level.ERROR, "event=deleted_unpaid object={0}", resource.id());
        }
    }

    /** Deletes an object at OpenAI that could not be recorded, since nobody would pay for it. */
    public void discard(ObjectReference object) {
        if (hasDeleted(object.kind(), object.id())) {
            LOG.log(Level.ERROR, "event=deleted_unowned object={0}", object.id());
        }
    }

    /**
     * Deletes an object at OpenAI. An object that OpenAI does not find may still exist; the next
     * looks show it.
     */
    private boolean hasDeleted(ObjectKind kind, String id) {
        String problem;
        try {
            int status = ObjectFetch.delete(upstream, billing(kind).path() + id);
            if (status / 100 == 2) {
                return true;
            }
            problem = "OpenAI returned status " + status;
        } catch (UpstreamException e) {
            problem = e.toString();
        }
        Alarms.raise(LOG, "not_deleted", "object={0} why={1}", id, problem);
        return false;
    }

    /** Stops. Unpaid resources stay recorded. */
    @Override
    public void close() {
        work.close();
    }
}
