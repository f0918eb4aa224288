package dev.oaiproxy.proxy.storagebilling;

import dev.oaiproxy.ledger.store.table.BilledResource;

/** The result of billing one resource. */
sealed interface BillingResult {
    /** The result of a payment; {@code paid} when it was made. */
    static BillingResult of(StorageCharges.PaymentResult paymentResult, BillingResult paid) {
        return switch (paymentResult) {
            case StorageCharges.PaymentResult.Paid _ -> paid;
            case StorageCharges.PaymentResult.Overtaken _ -> new Unclear("another has paid for it");
            case StorageCharges.PaymentResult.Unaffordable unaffordable -> new Unpaid(unaffordable);
            case StorageCharges.PaymentResult.NoPrice noPrice ->
                    new Unclear("no price for " + noPrice.row());
        };
    }

    /** It is paid, and is billed again when it is due. */
    record Later(BilledResource resource) implements BillingResult {}

    /** OpenAI no longer keeps it, but still describes it. */
    record Ended() implements BillingResult {}

    /** OpenAI does not know it. */
    record Gone() implements BillingResult {}

    /** The quota does not allow its next charge. */
    record Unpaid(StorageCharges.PaymentResult.Unaffordable why) implements BillingResult {}

    /** OpenAI does not answer now, or there is no price. The debt is charged later. */
    record Unclear(String why) implements BillingResult {}
}
