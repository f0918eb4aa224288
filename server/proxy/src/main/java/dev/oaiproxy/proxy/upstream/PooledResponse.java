package dev.oaiproxy.proxy.upstream;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A response on a pooled connection, which it gives back or drops at its end. */
final class PooledResponse implements UpstreamResponse {
    private final ConnectionPool pool;
    private final UpstreamConnection connection;
    private final ResponseHead head;
    private final ResponseBody body;
    private final AtomicBoolean ended = new AtomicBoolean();

    PooledResponse(
            ConnectionPool pool,
            UpstreamConnection connection,
            ResponseHead head,
            ResponseBody body) {
        this.pool = pool;
        this.connection = connection;
        this.head = head;
        this.body = body;
        endWhenDone();
    }

    @Override
    public int status() {
        return head.status();
    }

    @Override
    public Headers headers() {
        return head.headers();
    }

    @Override
    public int read(byte[] buffer) throws UpstreamException {
        try {
            int count = body.read(buffer);
            endWhenDone();
            return count;
        } catch (IOException broken) {
            close();
            throw new UpstreamException(
                    UpstreamException.SendState.UNKNOWN, "OpenAI's response broke off", broken);
        }
    }

    private void endWhenDone() {
        if (body.isDone() && ended.compareAndSet(false, true)) {
            if (isReusable()) {
                pool.keep(connection);
            } else {
                pool.drop(connection);
            }
            pool.leave();
        }
    }

    /**
     * True when the connection may serve again. Bytes beyond the end belong to no request, so a
     * connection with such bytes is dropped.
     */
    private boolean isReusable() {
        return body.isDelimited()
                && head.isPersistent()
                && connection.source().isDrained()
                && connection.isSent();
    }

    @Override
    public void close() {
        if (ended.compareAndSet(false, true)) {
            pool.drop(connection);
            pool.leave();
        }
    }
}
