package dev.oaiproxy.proxy.storagebilling;

import dev.oaiproxy.ledger.store.table.BilledResource;
import dev.oaiproxy.proxy.upstream.UpstreamException;

/** Sees to one kind of things that OpenAI keeps, and bills for. */
interface ResourceBilling {
    /** Looks at one, and pays what is due. */
    BillingResult see(BilledResource resource) throws UpstreamException;

    /** Where OpenAI has them, as {@code /vector_stores/}. */
    String path();
}
