package dev.oaiproxy.proxy.settle;

import dev.oaiproxy.ledger.store.BilledResource;

/** What seeing to something that OpenAI keeps came to. */
sealed interface Care {
    /** It is paid for, and is to be seen to again when it is due. */
    record Later(BilledResource billedResource) implements Care {}

    /** OpenAI keeps it no more, but tells of it. */
    record Ended() implements Care {}

    /** OpenAI does not know it. */
    record Gone() implements Care {}

    /** The quota does not allow what it costs next. */
    record Unpaid(Payments.Outcome.Refused why) implements Care {}

    /** OpenAI does not tell now, or there is no price: what is owed will be paid later. */
    record Unclear(String why) implements Care {}
}
