package dev.oaiproxy.proxy.upstream;

import static dev.oaiproxy.proxy.upstream.UpstreamException.SendState.NOT_SENT;
import static dev.oaiproxy.proxy.upstream.UpstreamException.SendState.UNKNOWN;

import dev.oaiproxy.proxy.upstream.outbound.OutboundProxy;
import dev.oaiproxy.proxy.upstream.outbound.ProxyTunnel;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.ClientResponseHeaders;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.http1.Http1Client;
import io.helidon.webclient.http1.Http1ClientRequest;
import io.helidon.webclient.http1.Http1ClientResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.URI;

/**
 * Sends the proxy's own requests to OpenAI, with Helidon's WebClient when the response is small.
 *
 * <p>Each request has a fresh connection from the pool of the relayed calls, and so the same
 * outbound proxy, TLS, time limits and bound on connections. WebClient keeps a whole chunk of a
 * response in memory, so a chunk above {@link #LARGEST_CHUNK} breaks the response. Contents of
 * files and background responses, which can be large, are requested by {@link HttpUpstream}.
 */
public final class OpenAiClient implements Upstream {
    static final int LARGEST_CHUNK = 4 << 20;

    private static final int FIRST_FINAL_STATUS = 200;

    private final HttpUpstream upstream;
    private final UpstreamSettings settings;
    private final Http1Client http;

    /**
     * @param upstream the client whose connections are used; closing it ends them
     */
    public OpenAiClient(HttpUpstream upstream) {
        this.upstream = upstream;
        this.settings = upstream.settings();
        this.http =
                Http1Client.builder()
                        .proxy(proxy(settings))
                        .keepAlive(false)
                        .followRedirects(false)
                        .sendExpectContinue(false)
                        .shareConnectionCache(false)
                        .build();
    }

    /** Makes WebClient write the whole URL into its request; the connection is open already. */
    private static Proxy proxy(UpstreamSettings settings) {
        OutboundProxy proxy = settings.proxy();
        return proxy != null && settings.isForwarded()
                ? Proxy.builder().host(proxy.host()).port(proxy.port()).build()
                : Proxy.noProxy();
    }

    @Override
    public UpstreamResponse send(UpstreamRequest request) throws UpstreamException {
        if (canBeLarge(request)) {
            return upstream.send(request);
        }
        if (request.stream() != null || request.pathAndQuery().indexOf('%') >= 0) {
            throw new IllegalArgumentException("not a request that WebClient sends as it is");
        }
        ConnectionPool pool = upstream.pool();
        pool.enter();
        PooledClientConnection connection = null;
        Http1ClientResponse response = null;
        try {
            connection = new PooledClientConnection(pool, pool.dial(NOT_SENT), LARGEST_CHUNK);
            response = exchange(request, connection);
            return new ClientResponse(response, connection);
        } finally {
            if (connection == null) {
                pool.leave();
            } else if (response == null) {
                connection.closeResource();
            }
        }
    }

    /** True for contents of files and background responses, whose chunks can have any size. */
    private static boolean canBeLarge(UpstreamRequest request) {
        String path = request.pathAndQuery();
        return request.method().equals("GET")
                && (path.endsWith("/content") || path.startsWith("/responses/"));
    }

    private Http1ClientResponse exchange(UpstreamRequest request, PooledClientConnection connection)
            throws UpstreamException {
        try {
            Http1ClientResponse response = sent(request, connection);
            requireFinal(response.status().code(), connection);
            return response;
        } catch (IOException | RuntimeException e) {
            throw new UpstreamException(
                    connection.isSent() ? UNKNOWN : NOT_SENT, "OpenAI sent no response", cause(e));
        }
    }

    private Http1ClientResponse sent(UpstreamRequest request, PooledClientConnection connection) {
        String path = settings.path() + request.pathAndQuery();
        Http1ClientRequest sent =
                http.method(Method.create(request.method()))
                        .connection(connection)
                        .uri(URI.create(origin() + path))
                        .header(HeaderNames.AUTHORIZATION, "Bearer " + settings.apiKey())
                        .header(HeaderNames.ACCEPT_ENCODING, "identity");
        OutboundProxy proxy = settings.proxy();
        if (proxy != null && settings.isForwarded()) {
            proxy.authorization()
                    .ifPresent(login -> sent.header(HeaderNames.PROXY_AUTHORIZATION, login));
        }
        for (Headers.Header header : request.headers().all()) {
            if (!HttpUpstream.isOurs(header.name())) {
                sent.header(HeaderNames.create(header.name()), header.value());
            }
        }
        byte[] body = request.body();
        if (body.length == 0) {
            return sent.request();
        }
        return sent.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length))
                .outputStream(out -> write(out, body));
    }

    private static void write(OutputStream out, byte[] body) throws IOException {
        try (out) {
            out.write(body);
        }
    }

    private String origin() {
        return settings.base().getScheme() + "://" + settings.base().getRawAuthority();
    }

    /** Refuses an interim response, which WebClient takes for the final one. */
    private void requireFinal(int status, PooledClientConnection connection) throws IOException {
        if (status < FIRST_FINAL_STATUS) {
            throw new ProtocolException("an interim response, status " + status);
        }
        OutboundProxy proxy = settings.proxy();
        if (proxy != null && status == ProxyTunnel.LOGIN_WANTED) {
            connection.forgetRequest();
            throw ProxyTunnel.refused(proxy, status);
        }
    }

    /** The error of the connection, or WebClient's own objection. */
    private static IOException cause(Throwable thrown) {
        for (Throwable next = thrown; next != null; next = next.getCause()) {
            if (next instanceof IOException io) {
                return io;
            }
        }
        IOException cause =
                thrown instanceof DataReader.InsufficientDataAvailableException
                        ? new EOFException("the connection ended inside a response")
                        : new ProtocolException(String.valueOf(thrown.getMessage()));
        cause.initCause(thrown);
        return cause;
    }

    /** Does nothing, since the connections belong to the other client. */
    @Override
    public void close() {}

    private static final class ClientResponse implements UpstreamResponse {
        private final Http1ClientResponse response;
        private final PooledClientConnection connection;
        private final InputStream body;

        ClientResponse(Http1ClientResponse response, PooledClientConnection connection) {
            this.response = response;
            this.connection = connection;
            this.body =
                    response.entity().hasEntity()
                            ? response.entity().inputStream()
                            : InputStream.nullInputStream();
        }

        @Override
        public int status() {
            return response.status().code();
        }

        @Override
        public Headers headers() {
            return Headers.of(response.headers());
        }

        @Override
        public int read(byte[] buffer) throws UpstreamException {
            connection.allow(LARGEST_CHUNK);
            try {
                return body.read(buffer);
            } catch (DataReader.InsufficientDataAvailableException ended) {
                if (isDelimited()) {
                    throw broken(ended);
                }
                close();
                return -1;
            } catch (IOException | RuntimeException broken) {
                throw broken(broken);
            }
        }

        private UpstreamException broken(Exception e) {
            close();
            return new UpstreamException(UNKNOWN, "OpenAI's response broke off", cause(e));
        }

        /** True for a body with a length or chunks. Any other body ends with its connection. */
        private boolean isDelimited() {
            ClientResponseHeaders headers = response.headers();
            return headers.contains(HeaderNames.CONTENT_LENGTH)
                    || headers.contains(HeaderNames.TRANSFER_ENCODING);
        }

        @Override
        public void close() {
            connection.closeResource();
        }
    }
}
