package dev.oaiproxy.proxy.storagebilling;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.store.table.BilledResource;
import dev.oaiproxy.ledger.store.table.RecurringCharges;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.storagebilling.BillingResult.NotPaidException;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Charges a container's session before a call uses the container again. */
public final class ContainerUse {
    private final RecurringCharges recurringCharges;
    private final ContainerBilling keeper;
    private final InstantSource clock;

    ContainerUse(RecurringCharges recurringCharges, ContainerBilling keeper, InstantSource clock) {
        this.recurringCharges = recurringCharges;
        this.keeper = keeper;
        this.clock = clock;
    }

    /**
     * Charges the session that a call begins, if it begins one.
     *
     * @param key the key of the call, which pays
     * @throws RefusedException when the key cannot pay for it
     * @throws UpstreamException when OpenAI cannot be asked about the container
     */
    public void begin(String container, Key key) throws UpstreamException {
        Optional<BilledResource> kept = recurringCharges.find(container);
        if (kept.isEmpty()) {
            return;
        }
        if (clock.instant().isBefore(kept.get().paidUntil()) || isContinued(kept.get(), key)) {
            recurringCharges.use(container);
        }
    }

    /**
     * Pays a session of a container that still runs. One that has ended is not used any more: were
     * that noted, time would be paid in which it was not.
     */
    private boolean isContinued(BilledResource resource, Key key) throws UpstreamException {
        return switch (keeper.ask(resource)) {
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
            keeper.pay(resource, resource.used(), List.of(key));
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
}
