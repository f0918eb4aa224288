package dev.oaiproxy.proxy.relay.exchange;

import dev.oaiproxy.ledger.key.Redaction;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Filters headers in both directions. */
public final class ProxyHeaders {
    public static final int BUFFER_BYTES = 8 << 10;
    private static final int SMALLEST_BUFFER_BYTES = 256;
    private static final int MOST_SMALL_DIGITS = 5;

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
        List<String> named = request.headers().values("connection");
        return request.headers()
                .only(
                        header ->
                                passes(header.name(), FROM_CLIENT)
                                        && !isNamed(named, header.name())
                                        && !hasKey(header));
    }

    /** True for a header that {@code Connection} names as hop-by-hop. */
    private static boolean isNamed(List<String> connection, String name) {
        for (String names : connection) {
            for (int from = 0; from <= names.length(); ) {
                int comma = names.indexOf(',', from);
                int end = comma < 0 ? names.length() : comma;
                if (names.substring(from, end).strip().equalsIgnoreCase(name)) {
                    return true;
                }
                from = end + 1;
            }
        }
        return false;
    }

    /** True for a header that contains a key, since a key in the wrong header is still a key. */
    private static boolean hasKey(Headers.Header header) {
        return Redaction.isNeeded(header.name()) || Redaction.isNeeded(header.value());
    }

    /** The headers of a response that the client may see. */
    public static Headers headers(UpstreamResponse response) {
        return response.headers().filter(name -> passes(name, FROM_OPENAI));
    }

    /** The size of a buffer for the body of a response: no larger than the announced body. */
    public static int bufferBytes(UpstreamResponse response) {
        String length = response.headers().first("content-length").orElse("");
        if (length.isEmpty() || length.length() > MOST_SMALL_DIGITS) {
            return BUFFER_BYTES;
        }
        int announced = 0;
        for (int i = 0; i < length.length(); i++) {
            announced = announced * 10 + Character.digit(length.charAt(i), 10);
        }
        return Math.clamp(announced, SMALLEST_BUFFER_BYTES, BUFFER_BYTES);
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
        String plain = plain(name);
        return !HOP_BY_HOP.contains(plain)
                && !kept.contains(plain)
                && !plain.startsWith(OURS)
                && !plain.startsWith(CORS);
    }

    /** A name in lower case and with hyphens: some servers treat an underscore as a hyphen. */
    private static String plain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '_' || (c >= 'A' && c <= 'Z')) {
                return name.toLowerCase(Locale.ROOT).replace('_', '-');
            }
        }
        return name;
    }
}
