package dev.oaiproxy.server.settle;

import dev.oaiproxy.server.upstream.Answer;
import dev.oaiproxy.server.upstream.Headers;
import dev.oaiproxy.server.upstream.Request;
import dev.oaiproxy.server.upstream.Upstream;
import dev.oaiproxy.server.upstream.UpstreamException;

/** Requests of the proxy's own. */
final class Fetch {
    static final int OK = 200;
    static final int NOT_FOUND = 404;
    static final int BUFFER_BYTES = 16 << 10;

    private Fetch() {}

    static Answer get(Upstream upstream, String path) throws UpstreamException {
        return upstream.send(new Request("GET", path, Headers.NONE, new byte[0]));
    }

    /** What to make of an answer that is not the object that was asked for. */
    static Verdict without(Answer answer) {
        return answer.status() == NOT_FOUND
                ? new Verdict.Gone()
                : new Verdict.NotYet("OpenAI answered " + answer.status());
    }
}
