package dev.oaiproxy.proxy.storagebilling;

import dev.oaiproxy.ledger.store.table.BilledResource;

/** What seeing to something that OpenAI keeps came to. */
sealed interface BillingResult {
    /** It is paid for, and is to be seen to again when it is due. */
    record Later(BilledResource resource) implements BillingResult {}

    /** OpenAI keeps it no more, but tells of it. */
    record Ended() implements BillingResult {}

    /** OpenAI does not know it. */
    record Gone() implements BillingResult {}

    /** The quota does not allow what it costs next. */
    record Unpaid(StorageCharges.Outcome.Refused why) implements BillingResult {}

    /** OpenAI does not tell now, or there is no price: what is owed will be paid later. */
    record Unclear(String why) implements BillingResult {}
}
