package dev.oaiproxy.proxy.upstream;

import dev.oaiproxy.proxy.upstream.outbound.OutboundProxy;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The address of OpenAI, and the limits of connections to it.
 *
 * @param base the base URL, such as {@code https://api.openai.com/v1}
 * @param apiKey the proxy's secret at OpenAI
 * @param connectTimeout the longest wait for a connection, a TLS handshake, and a free place among
 *     {@code connections}
 * @param readTimeout the longest silence of OpenAI before or inside a response, and the longest
 *     time it may take to accept a request
 * @param connections the most connections at once, idle ones included
 * @param proxy the proxy in front of OpenAI, or null
 */
public record UpstreamSettings(
        URI base,
        String apiKey,
        Duration connectTimeout,
        Duration readTimeout,
        int connections,
        @Nullable OutboundProxy proxy) {
    public UpstreamSettings {
        if (!isHttp(base) || base.getQuery() != null || base.getFragment() != null) {
            throw new IllegalArgumentException(
                    "openai.base-url is not an http or https URL without user, query and fragment");
        }
        if (apiKey.isEmpty() || !apiKey.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("the API key is empty or not plain ASCII");
        }
        millis(connectTimeout);
        millis(readTimeout);
        if (connections < 1) {
            throw new IllegalArgumentException("connections must be at least 1");
        }
    }

    /** Settings without a proxy. */
    public UpstreamSettings(
            URI base, String apiKey, Duration connectTimeout, Duration readTimeout, int most) {
        this(base, apiKey, connectTimeout, readTimeout, most, null);
    }

    /** The same settings with another proxy. */
    public UpstreamSettings by(@Nullable OutboundProxy other) {
        return new UpstreamSettings(base, apiKey, connectTimeout, readTimeout, connections, other);
    }

    private static boolean isHttp(URI base) {
        String scheme = base.getScheme();
        return base.getHost() != null
                && base.getUserInfo() == null
                && ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme));
    }

    /** A timeout in milliseconds, at least 1, since zero means for ever to a socket. */
    static int millis(Duration timeout) {
        long millis = timeout.toMillis();
        if (millis < 1 || millis > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("not a timeout from 1 ms to 24 days: " + timeout);
        }
        return (int) millis;
    }

    public boolean isTls() {
        return "https".equalsIgnoreCase(base.getScheme());
    }

    /** The host without the brackets of an IPv6 literal. */
    String host() {
        String host = base.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    int port() {
        if (base.getPort() >= 0) {
            return base.getPort();
        }
        return isTls() ? 443 : 80;
    }

    /** Host and port, as a proxy expects them. */
    String target() {
        return base.getHost() + ":" + port();
    }

    /** True when a proxy reads the requests and forwards them. */
    boolean isForwarded() {
        return proxy != null && !isTls();
    }

    /** The base URL's path without a slash at its end, {@code /v1}. */
    public String path() {
        String path = base.getRawPath();
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    /** The base URL without the secret. */
    @Override
    public String toString() {
        return "UpstreamSettings[" + base + "]";
    }
}
