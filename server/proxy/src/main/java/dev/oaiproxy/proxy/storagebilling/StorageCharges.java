package dev.oaiproxy.proxy.storagebilling;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.store.table.BilledResource;
import dev.oaiproxy.ledger.store.table.RecurringCharges;
import dev.oaiproxy.ledger.store.table.RecurringCharges.Payment;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.Pricer;
import dev.oaiproxy.metering.price.PricingResult;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.proxy.quota.Hold;
import dev.oaiproxy.proxy.storagebilling.BillingResult.NotPaidException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Charges users for the resources that OpenAI keeps for them. Each period is a call on the ledger.
 */
record StorageCharges(
        RecurringCharges recurringCharges,
        LongFunction<List<Key>> keysOf,
        Supplier<PriceBook> prices,
        CallIds ids,
        InstantSource clock) {
    private static final int OK = 200;
    private static final int MOST_KEYS = 20;
    private static final Admission.OverQuota NOBODY =
            new Admission.OverQuota("nobody", Usd.ZERO, Usd.ZERO, Usd.ZERO, null);

    /**
     * A payment that is due.
     *
     * @param operation the operation as the ledger names it
     * @param row the row of the price book
     * @param payers the keys that may pay, in order
     */
    record Due(String operation, String row, Unit unit, long quantity, List<Key> payers) {}

    /**
     * The keys that can pay for a resource: the key that made it, then the newest keys of its user.
     * When none of them works any more, the key that made it still pays, within its quota.
     */
    List<Key> payers(BilledResource resource) {
        Instant now = clock.instant();
        List<Key> all = keysOf.apply(resource.user());
        List<Key> working =
                all.stream()
                        .filter(key -> !key.revoked() && !key.hasExpired(now))
                        .sorted(Comparator.comparing(key -> key.number() != resource.key()))
                        .limit(MOST_KEYS)
                        .toList();
        return working.isEmpty()
                ? all.stream().filter(key -> key.number() == resource.key()).toList()
                : working;
    }

    /**
     * Charges a payment that is due, and moves the resource from one state to the next, in one
     * transaction.
     *
     * @return the next state
     */
    BilledResource pay(BilledResource before, BilledResource after, Due due)
            throws NotPaidException {
        if (due.quantity() == 0) {
            if (!recurringCharges.payNothing(before, after)) {
                throw new NotPaidException(new BillingResult.Overtaken());
            }
            return after;
        }
        Instant now = clock.instant();
        CallOutcome.Bill bill = bill(due, now);
        BillingResult.Unaffordable worst =
                new BillingResult.Unaffordable(before, after, NOBODY, bill.cost());
        for (Key payer : due.payers()) {
            CallId id = ids.next();
            HoldRequest hold =
                    new HoldRequest(
                            id,
                            payer,
                            due.operation(),
                            bill.model(),
                            bill.cost(),
                            0,
                            now,
                            bill.priceVersion());
            CallOutcome charge = new CallOutcome(id, CallState.CHARGED, null, OK, now, bill);
            switch (recurringCharges.pay(before, after, hold, charge)) {
                case Payment.Paid _ -> {
                    return after;
                }
                case Payment.Overtaken _ ->
                        throw new NotPaidException(new BillingResult.Overtaken());
                case Payment.Declined refused ->
                        worst =
                                worst.isBusy()
                                        ? worst
                                        : new BillingResult.Unaffordable(
                                                before, after, refused.why(), bill.cost());
            }
        }
        throw new NotPaidException(worst);
    }

    private CallOutcome.Bill bill(Due due, Instant now) throws NotPaidException {
        PriceBook book = prices.get();
        Usage usage = new Usage(due.row(), null, Map.of(due.unit(), due.quantity()));
        Optional<ModelPrice> price = book.find(due.row(), now);
        if (price.isPresent()
                && Pricer.price(price.get(), usage) instanceof PricingResult.Priced priced) {
            return new Hold.Cost(priced.charge(), usage, due.row(), book.version(), OK, null)
                    .bill();
        }
        throw new NotPaidException(new BillingResult.NoPrice(due.row()));
    }
}
