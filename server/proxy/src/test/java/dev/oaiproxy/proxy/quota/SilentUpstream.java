package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.Request;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.io.IOException;

/** An OpenAI that cannot be reached. */
final class SilentUpstream implements Upstream {
    @Override
    public Answer send(Request request) throws UpstreamException {
        IOException cause = new IOException("nobody listens");
        throw new UpstreamException(UpstreamException.Kind.NOT_SENT, "unreachable", cause);
    }

    @Override
    public void close() {}
}
