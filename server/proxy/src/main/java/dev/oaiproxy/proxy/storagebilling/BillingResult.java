package dev.oaiproxy.proxy.storagebilling;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.store.table.BilledResource;
import dev.oaiproxy.metering.money.Usd;

/** The result of billing one resource. */
sealed interface BillingResult {
    /** The resource is paid, and is billed again when it is due. */
    record Later(BilledResource resource) implements BillingResult {}

    /** OpenAI no longer keeps the resource, but still describes it. */
    record Ended() implements BillingResult {}

    /** OpenAI does not know the resource. */
    record Gone() implements BillingResult {}

    /** OpenAI does not answer now. The debt is charged later. */
    record Unclear(String why) implements BillingResult {}

    /** The resource is not paid. */
    sealed interface NotPaid extends BillingResult {}

    /** Another process has changed the payment; the resource must be looked at again. */
    record Overtaken() implements NotPaid {}

    record NoPrice(String row) implements NotPaid {}

    /** No key that could pay has enough left. */
    record Unaffordable(
            BilledResource before, BilledResource after, Admission.OverQuota why, Usd cost)
            implements NotPaid {
        /** True when only holds of calls in flight prevent the payment. */
        boolean isBusy() {
            return why.fitsWithoutOthers(cost);
        }

        /**
         * True when it extends the paid time, and is neither the first payment nor for more bytes.
         */
        boolean isFurther() {
            return before.isPaid() && after.paidUntil().isAfter(before.paidUntil());
        }
    }

    /** Ends a billing whose payment failed. */
    final class NotPaidException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient NotPaid result;

        NotPaidException(NotPaid result) {
            super(result.toString(), null, false, false);
            this.result = result;
        }

        NotPaid result() {
            return result;
        }
    }
}
