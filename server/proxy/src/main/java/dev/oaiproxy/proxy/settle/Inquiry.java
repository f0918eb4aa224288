package dev.oaiproxy.proxy.settle;

import dev.oaiproxy.ledger.store.Deferred;
import dev.oaiproxy.proxy.upstream.UpstreamException;

/** Asks OpenAI what has become of a call. */
interface Inquiry {
    Verdict ask(Deferred.Due due) throws UpstreamException;
}
