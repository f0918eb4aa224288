package dev.oaiproxy.proxy.upstream;

import org.jspecify.annotations.Nullable;

/**
 * A request to OpenAI.
 *
 * <p>The client itself writes {@code Host}, {@code Authorization}, {@code Accept-Encoding} and the
 * headers that frame a message; such headers of the caller are not sent.
 *
 * @param method such as {@code POST}
 * @param pathAndQuery the part after the base URL, such as {@code /chat/completions?beta=true}, in
 *     its escaped form
 * @param headers all other headers to send
 * @param body the bytes to send, possibly none; not copied, so nobody may change them
 * @param stream a body that is sent as it comes, in place of those bytes, or null
 */
@SuppressWarnings("ArrayRecordComponent") // A copy of each body would double the memory of a call.
public record UpstreamRequest(
        String method,
        String pathAndQuery,
        Headers headers,
        byte[] body,
        @Nullable StreamedBody stream) {
    private static final byte[] NONE = {};

    /** Refuses characters that could end the request line early. */
    public UpstreamRequest {
        if (!Headers.isToken(method)) {
            throw new IllegalArgumentException("not an HTTP method: '" + method + "'");
        }
        if (!pathAndQuery.startsWith("/") || !isVisible(pathAndQuery)) {
            throw new IllegalArgumentException("not an escaped path from the root");
        }
    }

    /** A request whose body is in memory. */
    public UpstreamRequest(String method, String pathAndQuery, Headers headers, byte[] body) {
        this(method, pathAndQuery, headers, body, null);
    }

    /** A request whose body is still to come. */
    public static UpstreamRequest streamed(
            String method, String pathAndQuery, Headers headers, StreamedBody stream) {
        return new UpstreamRequest(method, pathAndQuery, headers, NONE, stream);
    }

    private static boolean isVisible(String text) {
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character <= ' ' || character >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** Leaves out headers and body, which may contain a secret or a prompt. */
    @Override
    public String toString() {
        return method + ' ' + pathAndQuery + " (" + body.length + " bytes)";
    }
}
