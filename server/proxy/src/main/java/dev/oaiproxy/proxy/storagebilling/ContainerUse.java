package dev.oaiproxy.proxy.storagebilling;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.store.table.BilledResource;
import dev.oaiproxy.ledger.store.table.RecurringCharges;
import dev.oaiproxy.proxy.quota.Grant;
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

    /** The answer to a call that names a container. */
    public sealed interface Answer {
        /** The session is paid, or OpenAI will say that there is no container. */
        record Open() implements Answer {}

        record Denied(Grant why) implements Answer {}

        record Unpriced(String row) implements Answer {}
    }

    /**
     * Charges the session that a call begins, if it begins one.
     *
     * @param key the key of the call, which pays
     * @throws UpstreamException when OpenAI cannot be asked about the container
     */
    public Answer begin(String container, Key key) throws UpstreamException {
        Optional<BilledResource> kept = recurringCharges.find(container);
        if (kept.isEmpty()) {
            return new Answer.Open();
        }
        return clock.instant().isBefore(kept.get().paidUntil())
                ? used(container)
                : pay(kept.get(), key);
    }

    private Answer used(String container) {
        recurringCharges.use(container);
        return new Answer.Open();
    }

    private Answer pay(BilledResource resource, Key key) throws UpstreamException {
        return switch (keeper.ask(resource)) {
            case ContainerBilling.ContainerState.Running running -> {
                StorageCharges.PaymentResult paid =
                        keeper.pay(running.resource(), running.resource().used(), List.of(key));
                Answer answer = answer(paid);
                yield answer instanceof Answer.Open ? used(resource.id()) : answer;
            }
            // It is not used any more: were that noted, time would be paid in which it was not.
            case ContainerBilling.ContainerState.Ended _,
                    ContainerBilling.ContainerState.NotFound _ ->
                    new Answer.Open();
            case ContainerBilling.ContainerState.Unclear _ -> used(resource.id());
        };
    }

    private static Answer answer(StorageCharges.PaymentResult paymentResult) {
        return switch (paymentResult) {
            case StorageCharges.PaymentResult.Paid _, StorageCharges.PaymentResult.Overtaken _ ->
                    new Answer.Open();
            case StorageCharges.PaymentResult.NoPrice noPrice -> new Answer.Unpriced(noPrice.row());
            case StorageCharges.PaymentResult.Unaffordable unaffordable ->
                    new Answer.Denied(
                            unaffordable.isBusy()
                                    ? new Grant.Busy(unaffordable.why())
                                    : new Grant.Spent(unaffordable.why(), unaffordable.cost()));
        };
    }
}
