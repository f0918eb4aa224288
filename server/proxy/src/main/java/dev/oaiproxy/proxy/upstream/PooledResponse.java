package dev.oaiproxy.proxy.upstream;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** An answer on a connection of the pool, and who gets the connection afterwards. */
final class PooledResponse implements UpstreamResponse {
    private final ConnectionPool connectionPool;
    private final UpstreamConnection upstreamConnection;
    private final ResponseHead responseHead;
    private final ResponseBody responseBody;
    private final AtomicBoolean ended = new AtomicBoolean();

    PooledResponse(
            ConnectionPool connectionPool,
            UpstreamConnection upstreamConnection,
            ResponseHead responseHead,
            ResponseBody responseBody) {
        this.connectionPool = connectionPool;
        this.upstreamConnection = upstreamConnection;
        this.responseHead = responseHead;
        this.responseBody = responseBody;
        endWhenDone();
    }

    @Override
    public int status() {
        return responseHead.status();
    }

    @Override
    public Headers headers() {
        return responseHead.headers();
    }

    @Override
    public int read(byte[] buffer) throws UpstreamException {
        try {
            int count = responseBody.read(buffer);
            endWhenDone();
            return count;
        } catch (IOException broken) {
            close();
            throw new UpstreamException(
                    UpstreamException.Kind.UNKNOWN, "OpenAI's answer broke off", broken);
        }
    }

    private void endWhenDone() {
        if (responseBody.isDone() && ended.compareAndSet(false, true)) {
            end(isReusable());
        }
    }

    /** Bytes beyond the end belong to no request of ours, so nothing more is read from there. */
    private boolean isReusable() {
        return responseBody.isDelimited()
                && responseHead.isPersistent()
                && upstreamConnection.source().isDrained();
    }

    @Override
    public void close() {
        if (ended.compareAndSet(false, true)) {
            end(false);
        }
    }

    private void end(boolean reusable) {
        if (reusable && upstreamConnection.isSent()) {
            connectionPool.keep(upstreamConnection);
        } else {
            connectionPool.drop(upstreamConnection);
        }
        connectionPool.leave();
    }
}
