package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.proxy.upstream.Headers;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The origins whose web pages may use the API, and the headers that tell browsers so;
 * https://fetch.spec.whatwg.org/#http-cors-protocol. Credentials are never allowed: a page needs a
 * key, and a cookie gives it nothing.
 */
public final class CorsOrigins {
    private static final String ANY = "*";
    private static final String METHODS = "GET, POST, DELETE, PUT, PATCH";
    private static final String MAX_AGE_SECONDS = "7200";
    private static final Pattern ORIGIN =
            Pattern.compile("null|[a-z][a-z0-9+.-]*://[a-z0-9._~\\[\\]:-]+");
    private static final Pattern WEB_PAGE = Pattern.compile("https?://|null$");
    private static final Pattern HEADER_LIST = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~, -]*");

    /** Ports that browsers leave out of an origin. */
    private static final Pattern USUAL_PORT = Pattern.compile("(http://.*):80|(https://.*):443");

    /** The response headers that pages may read: our own, and the ones that SDKs read. */
    private static final String EXPOSED =
            "x-oaiproxy-call-id, x-oaiproxy-cost-usd, x-oaiproxy-remaining-usd,"
                    + " x-oaiproxy-clamped-output-tokens, x-request-id, openai-processing-ms,"
                    + " openai-version, openai-model, x-ratelimit-limit-requests,"
                    + " x-ratelimit-limit-tokens, x-ratelimit-remaining-requests,"
                    + " x-ratelimit-remaining-tokens, x-ratelimit-reset-requests,"
                    + " x-ratelimit-reset-tokens, retry-after, retry-after-ms, x-should-retry,"
                    + " content-disposition, location, allow, accept-encoding, date";

    private static final HeaderName REQUEST_METHOD =
            HeaderNames.create("Access-Control-Request-Method");
    private static final HeaderName REQUEST_HEADERS =
            HeaderNames.create("Access-Control-Request-Headers");
    private static final HeaderName REQUEST_PRIVATE =
            HeaderNames.create("Access-Control-Request-Private-Network");

    private final Set<String> origins;

    private CorsOrigins(Set<String> origins) {
        this.origins = origins;
    }

    /**
     * Parses a list of origins.
     *
     * @param text such as {@code https://chat.example.org, http://localhost:3000}; {@code *} allows
     *     all, and an empty text none
     * @throws IllegalArgumentException when a part is not an origin
     */
    public static CorsOrigins parse(String text) {
        return new CorsOrigins(
                Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .map(CorsOrigins::origin)
                        .collect(Collectors.toUnmodifiableSet()));
    }

    private static String origin(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        String bare = lower.endsWith("/") ? lower.substring(0, lower.length() - 1) : lower;
        if (!bare.equals(ANY) && !ORIGIN.matcher(bare).matches()) {
            throw new IllegalArgumentException("not an origin: '" + text + "'");
        }
        var port = USUAL_PORT.matcher(bare);
        return port.matches() ? bare.substring(0, bare.lastIndexOf(':')) : bare;
    }

    /** True when no page of another origin may use this server. */
    public boolean isEmpty() {
        return origins.isEmpty();
    }

    public boolean allows(String origin) {
        return origins.contains(ANY) || origins.contains(origin.toLowerCase(Locale.ROOT));
    }

    /** True for a path of the API for users, with or without a key in it. */
    public static boolean isUsers(String rawPath) {
        return rawPath.equals("/v1")
                || rawPath.startsWith("/v1/")
                || rawPath.equals("/me")
                || rawPath.startsWith("/me/")
                || RequestTarget.of(rawPath).key() != null;
    }

    /**
     * The CORS headers of a response.
     *
     * @param origin the request's {@code Origin}, or null
     */
    public Headers answer(@Nullable String origin) {
        return allowed(origin)
                .map(headers -> headers.with("Access-Control-Expose-Headers", EXPOSED))
                .orElseGet(this::varying);
    }

    /** The {@code Vary} header: caches must not give one origin's response to another. */
    private Headers varying() {
        return origins.isEmpty() || origins.contains(ANY)
                ? Headers.NONE
                : Headers.NONE.with("Vary", "Origin");
    }

    private Optional<Headers> allowed(@Nullable String origin) {
        return Optional.ofNullable(origin)
                .filter(this::allows)
                .map(
                        one ->
                                varying()
                                        .with(
                                                "Access-Control-Allow-Origin",
                                                origins.contains(ANY) ? ANY : one));
    }

    public static boolean isPreflight(String method, io.helidon.http.Headers headers) {
        return method.equals("OPTIONS")
                && headers.contains(HeaderNames.ORIGIN)
                && headers.contains(REQUEST_METHOD);
    }

    /** The headers that grant a preflight request; empty when the origin is not allowed. */
    public Optional<Headers> preflight(io.helidon.http.Headers request) {
        return allowed(request.first(HeaderNames.ORIGIN).orElse(null))
                .map(headers -> granted(headers, request));
    }

    private static Headers granted(Headers headers, io.helidon.http.Headers request) {
        String asked = String.join(", ", request.values(REQUEST_HEADERS));
        Headers granted =
                headers.with("Access-Control-Allow-Methods", METHODS)
                        .with("Access-Control-Max-Age", MAX_AGE_SECONDS);
        if (!asked.isBlank() && HEADER_LIST.matcher(asked).matches()) {
            granted = granted.with("Access-Control-Allow-Headers", asked);
        }
        // https://wicg.github.io/private-network-access: the page may come from a public network.
        return request.first(REQUEST_PRIVATE).filter("true"::equals).isPresent()
                ? granted.with("Access-Control-Allow-Private-Network", "true")
                : granted;
    }

    /**
     * True when a WebSocket may be opened. Browsers let any page open one. When origins are set,
     * pages of other origins are therefore refused, except pages of the same host. Without the
     * setting the key alone decides, since programs may send an origin too.
     */
    public boolean allowSocket(io.helidon.http.Headers request) {
        String origin = request.first(HeaderNames.ORIGIN).orElse("");
        String host = request.first(HeaderNames.HOST).orElse("");
        return origins.isEmpty()
                || !WEB_PAGE.matcher(origin).lookingAt()
                || allows(origin)
                || origin.substring(origin.indexOf("://") + 3).equalsIgnoreCase(host);
    }

    /** The error for a page whose origin is not allowed. */
    public static OpenAiError refusal() {
        return OpenAiError.invalid(
                403,
                "origin_not_allowed",
                "Web pages of this origin may not use this proxy. Its administrator can add the"
                        + " origin to server.cors-origins.");
    }
}
