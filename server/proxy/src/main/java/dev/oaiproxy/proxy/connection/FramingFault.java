package dev.oaiproxy.proxy.connection;

import dev.oaiproxy.proxy.upstream.Headers;

/**
 * The reasons why bytes cannot be read as a request; RFC 9112.
 *
 * <p>The messages are fixed and quote nothing of the request, which may contain a key.
 */
public enum FramingFault {
    LINE_END(400, "bad_request", "The lines of a request must end with CR LF."),
    REQUEST_LINE(
            400, "bad_request", "The request line must be: METHOD /path HTTP/1.1, with one space."),
    METHOD(
            501,
            "method_not_implemented",
            "The method is not known; methods are case-sensitive, such as GET and POST."),
    VERSION(505, "http_version_not_supported", "Use HTTP/1.0 or HTTP/1.1."),
    TUNNEL(
            501,
            "method_not_implemented",
            "This server is not an HTTPS proxy. Set it as your client's base URL instead."),
    URL_TOO_LONG(414, "url_too_long", "The URL is too long for this proxy."),
    HEADER(400, "bad_request", "A header must be a line of the form Name: value."),
    HEADERS_TOO_LARGE(
            431, "headers_too_large", "The request has too many headers, or they are too large."),
    LENGTH(
            400,
            "bad_request",
            "Content-Length must be one whole number, and must not come with Transfer-Encoding."),
    TRANSFER_ENCODING(
            400, "bad_request", "The last Transfer-Encoding of a request must be chunked."),
    CODING(
            501,
            "transfer_encoding_not_implemented",
            "The only Transfer-Encoding that this proxy accepts is chunked."),
    CHUNKS_OF_1_0(
            400,
            "bad_request",
            "An HTTP/1.0 request must have a Content-Length; chunked bodies need HTTP/1.1."),
    CHUNK(400, "bad_request", "The chunked body is malformed."),
    TRAILERS(400, "bad_request", "The trailers after the chunked body are malformed or too many."),
    BROKEN_OFF(400, "bad_request", "The connection ended before the request was complete."),
    TOO_SLOW(408, "request_timeout", "The request did not arrive in time. Please send it again."),
    CROWDED(
            429,
            "too_many_connections",
            "Your address has too many connections to this proxy. Close some, or try again later."),
    FULL(503, "server_busy", "This proxy has too many connections. Please try again later.");

    private final int status;
    private final String code;
    private final String message;

    FramingFault(int status, String code, String message) {
        this.status = status;
        this.code = code;
        this.message = message;
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    /**
     * The headers that say whether to retry, and when. All server errors have them, and so do
     * errors that pass when other clients leave.
     */
    public Headers retry() {
        return switch (this) {
            case FULL -> Headers.of("x-should-retry", "true").with("Retry-After", "5");
            case CROWDED -> Headers.of("Retry-After", "5");
            case METHOD, VERSION, TUNNEL, CODING -> Headers.of("x-should-retry", "false");
            default -> Headers.NONE;
        };
    }

    /** The message for people, with the mistake and its remedy. */
    public String message() {
        return message;
    }
}
