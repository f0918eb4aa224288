package dev.oaiproxy.proxy.settle;

import dev.oaiproxy.ledger.store.BilledResource;
import dev.oaiproxy.proxy.upstream.UpstreamException;

/** Sees to one kind of things that OpenAI keeps, and bills for. */
interface Keeper {
    /** Looks at one, and pays what is due. */
    Care see(BilledResource billedResource) throws UpstreamException;

    /** Where OpenAI has them, as {@code /vector_stores/}. */
    String path();
}
