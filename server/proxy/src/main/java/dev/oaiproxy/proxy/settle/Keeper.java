package dev.oaiproxy.proxy.settle;

import dev.oaiproxy.ledger.store.Kept;
import dev.oaiproxy.proxy.upstream.UpstreamException;

/** Sees to one kind of things that OpenAI keeps, and bills for. */
interface Keeper {
    /** Looks at one, and pays what is due. */
    Care see(Kept kept) throws UpstreamException;

    /** Where OpenAI has them, as {@code /vector_stores/}. */
    String path();
}
