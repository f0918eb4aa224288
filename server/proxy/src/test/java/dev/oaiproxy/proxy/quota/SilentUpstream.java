package dev.oaiproxy.proxy.quota;

import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;

/** An OpenAI that cannot be reached. */
public final class SilentUpstream implements Upstream {
    @Override
    public UpstreamResponse send(UpstreamRequest request) throws UpstreamException {
        IOException cause = new IOException("nobody listens");
        throw new UpstreamException(UpstreamException.SendState.NOT_SENT, "unreachable", cause);
    }

    @Override
    public void close() {}
}
