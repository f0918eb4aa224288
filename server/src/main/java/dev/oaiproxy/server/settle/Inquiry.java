package dev.oaiproxy.server.settle;

import dev.oaiproxy.server.store.Deferred;
import dev.oaiproxy.server.upstream.UpstreamException;

/** Asks OpenAI what has become of a call. */
interface Inquiry {
    Verdict ask(Deferred.Due due) throws UpstreamException;
}
