package dev.oaiproxy.proxy.upstream;

import static dev.oaiproxy.proxy.upstream.UpstreamException.SendState.NOT_SENT;
import static dev.oaiproxy.proxy.upstream.UpstreamException.SendState.UNKNOWN;

import dev.oaiproxy.proxy.upstream.outbound.OutboundProxy;
import dev.oaiproxy.proxy.upstream.outbound.ProxyTunnel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;

/**
 * HTTP/1.1 over blocking sockets and a connection pool, meant for virtual threads.
 *
 * <p>It exists because the available clients buffer whole chunks, fail on trailers and interim
 * responses, or give a half-read connection to the next caller.
 */
public final class HttpUpstream implements Upstream {
    /**
     * The longest idle time. Servers commonly allow more (60 s and up), so this side usually closes
     * first.
     */
    private static final Duration MOST_IDLE = Duration.ofSeconds(50);

    /** Headers that only this client writes. */
    private static final List<String> OURS =
            List.of(
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
    private final ConnectionPool pool;

    public HttpUpstream(UpstreamSettings settings) {
        this(settings, (SSLSocketFactory) SSLSocketFactory.getDefault(), MOST_IDLE);
    }

    HttpUpstream(UpstreamSettings settings, SSLSocketFactory tls, Duration mostIdle) {
        this.settings = settings;
        this.pool = new ConnectionPool(new Dialer(settings, tls), settings, mostIdle);
    }

    UpstreamSettings settings() {
        return settings;
    }

    ConnectionPool pool() {
        return pool;
    }

    /** True for a header that only this package may write. */
    static boolean isOurs(String name) {
        for (String ours : OURS) {
            if (name.equalsIgnoreCase(ours)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public UpstreamResponse send(UpstreamRequest request) throws UpstreamException {
        pool.enter();
        UpstreamResponse response = null;
        try {
            response =
                    request.stream() == null
                            ? attempt(request, head(request))
                            : upload(request, request.stream());
            return response;
        } finally {
            if (response == null) {
                pool.leave();
            }
        }
    }

    /**
     * Uses an idle connection and, if it turns out to be dead, one fresh connection. A connection
     * that breaks long after the request was sent was not dead: OpenAI may have worked on the
     * request, and sending it again could cost twice.
     */
    private UpstreamResponse attempt(UpstreamRequest request, byte[] head)
            throws UpstreamException {
        long start = System.nanoTime();
        UpstreamConnection reused = pool.reuse();
        if (reused != null) {
            try {
                return exchange(reused, request, head);
            } catch (IOException broken) {
                boolean late = System.nanoTime() - start > DEAD_AT_ONCE_NANOS;
                if (!reused.isDeadUnanswered(broken) || (reused.isSent() && late)) {
                    throw noAnswer(reused, broken);
                }
            }
        }
        // OpenAI may have worked on an earlier attempt that sent the whole request.
        UpstreamConnection fresh =
                pool.dial(reused != null && reused.isSent() ? UNKNOWN : NOT_SENT);
        try {
            return exchange(fresh, request, head);
        } catch (IOException broken) {
            throw noAnswer(fresh, broken);
        }
    }

    /** Uses a fresh connection, since bytes sent on a dead one would be lost. */
    private UpstreamResponse upload(UpstreamRequest request, StreamedBody stream)
            throws UpstreamException {
        UpstreamConnection fresh = pool.dial(NOT_SENT);
        UpstreamResponse response = null;
        try {
            ResponseHead responseHead = new StreamedExchange(fresh, stream).run(head(request));
            response = answer(fresh, responseHead, request.method());
            return response;
        } catch (IOException broken) {
            throw noAnswer(fresh, broken);
        } finally {
            if (response == null) {
                pool.drop(fresh);
            }
        }
    }

    private static UpstreamException noAnswer(
            UpstreamConnection upstreamConnection, IOException broken) {
        return new UpstreamException(
                upstreamConnection.isSent() || upstreamConnection.isAnswered() ? UNKNOWN : NOT_SENT,
                "OpenAI sent no response",
                broken);
    }

    private UpstreamResponse exchange(
            UpstreamConnection upstreamConnection, UpstreamRequest request, byte[] head)
            throws IOException {
        UpstreamResponse response = null;
        try {
            upstreamConnection.exchange(head, request.body());
            response = answer(upstreamConnection, request.method());
            return response;
        } finally {
            if (response == null) {
                pool.drop(upstreamConnection);
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
                pool,
                upstreamConnection,
                responseHead,
                ResponseBody.after(responseHead, method, upstreamConnection.source()));
    }

    private byte[] head(UpstreamRequest request) {
        StringBuilder head = new StringBuilder(512);
        head.append(request.method()).append(' ');
        if (settings.isForwarded()) {
            head.append("http://").append(settings.base().getRawAuthority());
        }
        head.append(settings.path());
        head.append(request.pathAndQuery()).append(" HTTP/1.1\r\n");
        line(head, "Host", settings.base().getRawAuthority());
        line(head, "Authorization", "Bearer " + settings.apiKey());
        OutboundProxy proxy = settings.proxy();
        if (proxy != null && settings.isForwarded()) {
            proxy.authorization().ifPresent(login -> line(head, "Proxy-Authorization", login));
        }
        line(head, "Accept-Encoding", "identity");
        for (Headers.Header header : request.headers().all()) {
            if (!isOurs(header.name())) {
                line(head, header.name(), header.value());
            }
        }
        long length = request.stream() == null ? request.body().length : request.stream().length();
        if (length < 0) {
            line(head, "Transfer-Encoding", "chunked");
        } else if (length > 0 || request.method().startsWith("P")) {
            line(head, "Content-Length", Long.toString(length));
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void line(StringBuilder head, String name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
    }

    @Override
    public void close() {
        pool.close();
    }
}
