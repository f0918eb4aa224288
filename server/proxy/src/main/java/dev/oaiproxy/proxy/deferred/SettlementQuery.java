package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.proxy.upstream.UpstreamException;

/** Asks OpenAI how a deferred call has ended. */
interface SettlementQuery {
    SettlementResult ask(PendingSettlements.Due due) throws UpstreamException;
}
