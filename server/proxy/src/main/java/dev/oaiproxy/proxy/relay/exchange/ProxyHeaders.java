package dev.oaiproxy.proxy.relay.exchange;

import dev.oaiproxy.ledger.key.Redaction;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** Filters headers in both directions. */
public final class ProxyHeaders {
    public static final int BUFFER_BYTES = 8 << 10;

    /** Headers of one connection; RFC 9110, section 7.6.1. */
    private static final Set<String> HOP_BY_HOP =
            Set.of(
                    "connection",
                    "keep-alive",
                    "proxy-connection",
                    "proxy-authenticate",
                    "proxy-authorization",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade");

    /** The client's secrets and addresses, and headers that could bill another account. */
    private static final Set<String> FROM_CLIENT =
            Set.of(
                    "authorization",
                    "api-key",
                    "x-api-key",
                    "openai-organization",
                    "openai-project",
                    "cookie",
                    "origin",
                    "referer",
                    "host",
                    "content-length",
                    // The body has been decoded.
                    "content-encoding",
                    "accept-encoding",
                    "expect",
                    "forwarded",
                    "x-forwarded-for",
                    "x-forwarded-host",
                    "x-forwarded-proto",
                    "x-forwarded-port",
                    "x-real-ip",
                    "via",
                    // OpenAI sees one account: it could replay one user's response to another.
                    "idempotency-key",
                    "x-idempotency-key",
                    // These would run another operation than the metered one.
                    "x-http-method",
                    "x-http-method-override",
                    "x-method-override",
                    "x-original-url",
                    "x-rewrite-url");

    /** Headers that identify the operator's account. */
    private static final Set<String> FROM_OPENAI =
            Set.of("openai-organization", "openai-project", "set-cookie");

    private static final String OURS = "x-oaiproxy-";

    /** OpenAI's CORS headers do not apply to this proxy. */
    private static final String CORS = "access-control-";

    private ProxyHeaders() {}

    public static UpstreamRequest request(ProxyRequest request, byte[] body) {
        return new UpstreamRequest(
                request.method(), request.pathAndQuery(), headers(request), body);
    }

    /** The upstream request with a body that is streamed through. */
    public static UpstreamRequest upload(ProxyRequest request, FormUpload form) {
        return UpstreamRequest.streamed(
                request.method(), request.pathAndQuery(), headers(request), form);
    }

    private static Headers headers(ProxyRequest request) {
        Headers sent = request.headers();
        return withoutKeys(sent.filter(name -> passes(name, FROM_CLIENT) && !isNamed(sent, name)));
    }

    /** True for a header that {@code Connection} names as hop-by-hop. */
    private static boolean isNamed(Headers headers, String name) {
        return headers.values("connection").stream()
                .flatMap(names -> Arrays.stream(names.split(",")))
                .anyMatch(named -> named.strip().equalsIgnoreCase(name));
    }

    /** Drops headers that contain a key, since a key in the wrong header is still a key. */
    private static Headers withoutKeys(Headers headers) {
        return new Headers(
                headers.all().stream()
                        .filter(h -> !Redaction.isNeeded(h.name() + " " + h.value()))
                        .toList());
    }

    /** The headers of a response that the client may see. */
    public static Headers headers(UpstreamResponse response) {
        return response.headers().filter(name -> passes(name, FROM_OPENAI));
    }

    /** Copies the rest of a body. If it breaks, the client's response is broken off as well. */
    public static void copy(UpstreamResponse response, ClientExchange client)
            throws ClientGoneException {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            for (int n = response.read(buffer); n >= 0; n = response.read(buffer)) {
                client.write(ByteBuffer.wrap(buffer, 0, n));
            }
            client.finish();
        } catch (UpstreamException e) {
            client.abort();
        }
    }

    private static boolean passes(String name, Set<String> kept) {
        // Some servers treat an underscore as a hyphen.
        String lower = name.toLowerCase(Locale.ROOT).replace('_', '-');
        return !HOP_BY_HOP.contains(lower)
                && !kept.contains(lower)
                && !lower.startsWith(OURS)
                && !lower.startsWith(CORS);
    }
}
