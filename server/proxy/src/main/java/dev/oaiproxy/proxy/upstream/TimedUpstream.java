package dev.oaiproxy.proxy.upstream;

import dev.oaiproxy.base.metrics.Metrics;
import dev.oaiproxy.base.metrics.Phase;
import java.util.concurrent.atomic.AtomicBoolean;

/** Measures the time that OpenAI takes. */
public final class TimedUpstream implements Upstream {
    private final Upstream upstream;
    private final Metrics metrics;

    public TimedUpstream(Upstream upstream, Metrics metrics) {
        this.upstream = upstream;
        this.metrics = metrics;
    }

    @Override
    public UpstreamResponse send(UpstreamRequest request) throws UpstreamException {
        long start = System.nanoTime();
        try {
            UpstreamResponse response = upstream.send(request);
            long head = System.nanoTime();
            metrics.upstream(Phase.HEAD, head - start);
            return new Timed(response, metrics, head);
        } catch (UpstreamException e) {
            metrics.upstream(Phase.FAILED, System.nanoTime() - start);
            throw e;
        }
    }

    @Override
    public void close() {
        upstream.close();
    }

    /** A response that measures the time from its head until it is closed. */
    private static final class Timed implements UpstreamResponse {
        private final UpstreamResponse response;
        private final Metrics metrics;
        private final long startNanos;
        private final AtomicBoolean closed = new AtomicBoolean();

        Timed(UpstreamResponse response, Metrics metrics, long startNanos) {
            this.response = response;
            this.metrics = metrics;
            this.startNanos = startNanos;
        }

        @Override
        public int status() {
            return response.status();
        }

        @Override
        public Headers headers() {
            return response.headers();
        }

        @Override
        public int read(byte[] buffer) throws UpstreamException {
            return response.read(buffer);
        }

        @Override
        public void close() {
            response.close();
            if (closed.compareAndSet(false, true)) {
                metrics.upstream(Phase.BODY, System.nanoTime() - startNanos);
            }
        }
    }
}
