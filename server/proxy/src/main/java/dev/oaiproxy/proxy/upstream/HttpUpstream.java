package dev.oaiproxy.proxy.upstream;

import static dev.oaiproxy.proxy.upstream.UpstreamException.Kind.NOT_SENT;
import static dev.oaiproxy.proxy.upstream.UpstreamException.Kind.UNKNOWN;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLSocketFactory;

/**
 * HTTP/1.1 over blocking sockets and a pool of connections, meant for virtual threads.
 *
 * <p>Written for this proxy because the clients at hand buffer whole chunks, stumble over trailers
 * and interim answers, or give a half-read connection to the next caller.
 */
public final class HttpUpstream implements Upstream {
    /** Less than what servers commonly allow (60 s and more), so that mostly we close first. */
    private static final Duration MOST_IDLE = Duration.ofSeconds(50);

    /** Written by us, or not at all. */
    private static final Set<String> OURS =
            Set.of(
                    "host",
                    "authorization",
                    "accept-encoding",
                    "content-length",
                    "transfer-encoding",
                    "connection",
                    "keep-alive",
                    "proxy-connection",
                    "expect",
                    "te",
                    "trailer",
                    "upgrade");

    private static final long DEAD_AT_ONCE_NANOS = Duration.ofSeconds(2).toNanos();

    private final UpstreamSettings settings;
    private final ConnectionPool connectionPool;

    public HttpUpstream(UpstreamSettings settings) {
        this(settings, (SSLSocketFactory) SSLSocketFactory.getDefault(), MOST_IDLE);
    }

    HttpUpstream(UpstreamSettings settings, SSLSocketFactory tls, Duration mostIdle) {
        this.settings = settings;
        this.connectionPool = new ConnectionPool(new Dialer(settings, tls), settings, mostIdle);
    }

    @Override
    public UpstreamResponse send(UpstreamRequest upstreamRequest) throws UpstreamException {
        try {
            connectionPool.enter();
        } catch (IOException busy) {
            throw new UpstreamException(NOT_SENT, "no connection to OpenAI is free", busy);
        }
        UpstreamResponse upstreamResponse = null;
        try {
            upstreamResponse =
                    upstreamRequest.stream() == null
                            ? attempt(upstreamRequest, head(upstreamRequest))
                            : upload(upstreamRequest, upstreamRequest.stream());
            return upstreamResponse;
        } finally {
            if (upstreamResponse == null) {
                connectionPool.leave();
            }
        }
    }

    /**
     * Uses an idle connection; when that turns out to be dead, a fresh one, once. One that breaks
     * long after the request was sent was not dead: OpenAI may have worked on the request, and
     * sending it again could cost twice.
     */
    private UpstreamResponse attempt(UpstreamRequest upstreamRequest, byte[] head)
            throws UpstreamException {
        long start = System.nanoTime();
        UpstreamConnection reused = connectionPool.reuse();
        if (reused != null) {
            try {
                return exchange(reused, upstreamRequest, head);
            } catch (IOException broken) {
                boolean late = System.nanoTime() - start > DEAD_AT_ONCE_NANOS;
                if (!reused.isDeadUnanswered(broken) || (reused.isSent() && late)) {
                    throw noAnswer(reused, broken);
                }
            }
        }
        UpstreamConnection fresh = dial(reused != null && reused.isSent());
        try {
            return exchange(fresh, upstreamRequest, head);
        } catch (IOException broken) {
            throw noAnswer(fresh, broken);
        }
    }

    /** Takes a fresh connection, since what has been sent on a dead one would be lost. */
    private UpstreamResponse upload(UpstreamRequest upstreamRequest, StreamedBody stream)
            throws UpstreamException {
        UpstreamConnection fresh = dial(false);
        UpstreamResponse upstreamResponse = null;
        try {
            ResponseHead responseHead =
                    new StreamedExchange(fresh, stream).run(head(upstreamRequest));
            upstreamResponse = answer(fresh, responseHead, upstreamRequest.method());
            return upstreamResponse;
        } catch (IOException broken) {
            throw noAnswer(fresh, broken);
        } finally {
            if (upstreamResponse == null) {
                connectionPool.drop(fresh);
            }
        }
    }

    /** An earlier request that was sent in full may have been worked on all the same. */
    private UpstreamConnection dial(boolean sentBefore) throws UpstreamException {
        try {
            return connectionPool.dial();
        } catch (IOException failed) {
            throw new UpstreamException(
                    sentBefore ? UNKNOWN : NOT_SENT, "OpenAI cannot be reached", failed);
        }
    }

    private static UpstreamException noAnswer(
            UpstreamConnection upstreamConnection, IOException broken) {
        return new UpstreamException(
                upstreamConnection.isSent() || upstreamConnection.isAnswered() ? UNKNOWN : NOT_SENT,
                "OpenAI gave no answer",
                broken);
    }

    private UpstreamResponse exchange(
            UpstreamConnection upstreamConnection, UpstreamRequest upstreamRequest, byte[] head)
            throws IOException {
        UpstreamResponse upstreamResponse = null;
        try {
            upstreamConnection.exchange(head, upstreamRequest.body());
            upstreamResponse = answer(upstreamConnection, upstreamRequest.method());
            return upstreamResponse;
        } finally {
            if (upstreamResponse == null) {
                connectionPool.drop(upstreamConnection);
            }
        }
    }

    private UpstreamResponse answer(UpstreamConnection upstreamConnection, String method)
            throws IOException {
        return answer(upstreamConnection, ResponseHead.read(upstreamConnection.source()), method);
    }

    private UpstreamResponse answer(
            UpstreamConnection upstreamConnection, ResponseHead responseHead, String method)
            throws IOException {
        OutboundProxy proxy = settings.proxy();
        if (proxy != null && responseHead.status() == ProxyTunnel.LOGIN_WANTED) {
            upstreamConnection.forgetRequest();
            throw ProxyTunnel.refused(proxy, responseHead.status());
        }
        return new PooledResponse(
                connectionPool,
                upstreamConnection,
                responseHead,
                ResponseBody.after(responseHead, method, upstreamConnection.source()));
    }

    private byte[] head(UpstreamRequest upstreamRequest) {
        StringBuilder head = new StringBuilder(512);
        head.append(upstreamRequest.method()).append(' ');
        if (settings.isForwarded()) {
            head.append("http://").append(settings.base().getRawAuthority());
        }
        head.append(settings.path());
        head.append(upstreamRequest.pathAndQuery()).append(" HTTP/1.1\r\n");
        line(head, "Host", settings.base().getRawAuthority());
        line(head, "Authorization", "Bearer " + settings.apiKey());
        OutboundProxy proxy = settings.proxy();
        if (proxy != null && settings.isForwarded()) {
            proxy.authorization().ifPresent(login -> line(head, "Proxy-Authorization", login));
        }
        line(head, "Accept-Encoding", "identity");
        for (Headers.Header header : upstreamRequest.headers().all()) {
            if (!OURS.contains(header.name().toLowerCase(Locale.ROOT))) {
                line(head, header.name(), header.value());
            }
        }
        long length =
                upstreamRequest.stream() == null
                        ? upstreamRequest.body().length
                        : upstreamRequest.stream().length();
        if (length < 0) {
            line(head, "Transfer-Encoding", "chunked");
        } else if (length > 0 || upstreamRequest.method().startsWith("P")) {
            line(head, "Content-Length", Long.toString(length));
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void line(StringBuilder head, String name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
    }

    @Override
    public void close() {
        connectionPool.close();
    }
}
