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
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.proxy.quota.Hold;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** Charges users for what OpenAI keeps for them. Each period is a call on the ledger. */
final class StorageCharges {
    private static final int OK = 200;
    private static final int MOST_KEYS = 20;
    private static final Admission.OverQuota NOBODY =
            new Admission.OverQuota("nobody", Usd.ZERO, Usd.ZERO, Usd.ZERO, null);

    private final RecurringCharges recurringCharges;
    private final LongFunction<List<Key>> keysOf;
    private final Supplier<PriceBook> prices;
    private final CallIds ids;
    private final InstantSource clock;

    StorageCharges(
            RecurringCharges recurringCharges,
            LongFunction<List<Key>> keysOf,
            Supplier<PriceBook> prices,
            CallIds ids,
            InstantSource clock) {
        this.recurringCharges = recurringCharges;
        this.keysOf = keysOf;
        this.prices = prices;
        this.ids = ids;
        this.clock = clock;
    }

    /** The result of a payment. */
    sealed interface PaymentResult {
        /** It is paid. */
        record Paid(BilledResource resource) implements PaymentResult {}

        /** Another process has changed what is paid; the resource must be looked at again. */
        record Overtaken() implements PaymentResult {}

        /** No key that could pay has enough left. */
        record Unaffordable(Move move, Admission.OverQuota why, Usd cost) implements PaymentResult {
            /** True when only holds of calls in flight stand in the way. */
            boolean isBusy() {
                return why.fitsWithoutOthers(cost);
            }
        }

        record NoPrice(String row) implements PaymentResult {}
    }

    /**
     * A payment that is due.
     *
     * @param operation the operation as the ledger names it
     * @param row the row of the price book
     * @param payers the keys that may pay, in order
     */
    record Due(String operation, String row, Unit unit, long quantity, List<Key> payers) {}

    /**
     * The keys that can pay for a resource: of its user's keys the one that made it, then the
     * newest. When none of them works any more, the one that made it owes on, within its quota.
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

    /** A change of a resource, from what is paid to what will be paid. */
    record Move(BilledResource before, BilledResource after) {
        /**
         * True when it extends the paid time, and is neither the first payment nor for more bytes.
         */
        boolean isFurther() {
            return before.isPaid() && after.paidUntil().isAfter(before.paidUntil());
        }
    }

    /** Charges and moves in one transaction. */
    PaymentResult pay(Move move, Due due) {
        if (due.quantity() == 0) {
            boolean moved = recurringCharges.payNothing(move.before(), move.after());
            return moved ? new PaymentResult.Paid(move.after()) : new PaymentResult.Overtaken();
        }
        Instant now = clock.instant();
        PriceBook book = prices.get();
        Usage usage = new Usage(due.row(), null, Map.of(due.unit(), due.quantity()));
        PricingResult pricingResult =
                book.find(due.row(), now)
                        .map(price -> Pricer.price(price, usage))
                        .orElseGet(() -> new PricingResult.Unpriced(due.unit()));
        return switch (pricingResult) {
            case PricingResult.Unpriced _ -> new PaymentResult.NoPrice(due.row());
            case PricingResult.Priced priced -> {
                Hold.Cost cost =
                        new Hold.Cost(priced.charge(), usage, due.row(), book.version(), OK, null);
                yield pay(move, due, new Bill(cost.bill(), now));
            }
        };
    }

    private record Bill(CallOutcome.Bill bill, Instant at) {}

    private PaymentResult pay(Move move, Due due, Bill bill) {
        Usd cost = bill.bill().cost();
        PaymentResult.Unaffordable worst = new PaymentResult.Unaffordable(move, NOBODY, cost);
        for (Key payer : due.payers()) {
            switch (attempt(move, due.operation(), bill, payer)) {
                case Payment.Paid _ -> {
                    return new PaymentResult.Paid(move.after());
                }
                case Payment.Overtaken _ -> {
                    return new PaymentResult.Overtaken();
                }
                case Payment.Refused refused ->
                        worst =
                                worst.isBusy()
                                        ? worst
                                        : new PaymentResult.Unaffordable(move, refused.why(), cost);
            }
        }
        return worst;
    }

    private Payment attempt(Move move, String operation, Bill bill, Key payer) {
        CallId id = ids.next();
        Usd cost = bill.bill().cost();
        return recurringCharges.pay(
                move.before(),
                move.after(),
                new HoldRequest(
                        id,
                        payer,
                        operation,
                        bill.bill().model(),
                        cost,
                        0,
                        bill.at(),
                        bill.bill().priceVersion()),
                new CallOutcome(id, CallState.CHARGED, null, OK, bill.at(), bill.bill()));
    }
}
