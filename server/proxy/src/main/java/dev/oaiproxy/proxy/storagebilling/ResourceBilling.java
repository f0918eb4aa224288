package dev.oaiproxy.proxy.storagebilling;

import dev.oaiproxy.ledger.store.table.BilledResource;
import dev.oaiproxy.proxy.upstream.UpstreamException;

/** Bills one kind of resource that OpenAI keeps. */
interface ResourceBilling {
    /** Looks at a resource at OpenAI, and charges the payments that are due. */
    BillingResult see(BilledResource resource)
            throws UpstreamException, BillingResult.NotPaidException;

    /** The path of such resources, as {@code /vector_stores/}. */
    String path();
}
