package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.proxy.upstream.UpstreamException;

/** Asks OpenAI what has become of a call. */
interface SettlementQuery {
    SettlementResult ask(PendingSettlements.Due due) throws UpstreamException;
}
