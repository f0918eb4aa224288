package dev.oaiproxy.proxy.settle;

import dev.oaiproxy.ledger.store.PendingSettlements;
import dev.oaiproxy.proxy.upstream.UpstreamException;

/** Asks OpenAI what has become of a call. */
interface Inquiry {
    Verdict ask(PendingSettlements.Due due) throws UpstreamException;
}
