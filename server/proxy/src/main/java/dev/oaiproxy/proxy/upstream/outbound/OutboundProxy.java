package dev.oaiproxy.proxy.upstream.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy in front of OpenAI.
 *
 * @param login user and password, separated by a colon, or null
 */
public record OutboundProxy(String host, int port, @Nullable String login) {
    private static final int USUAL_PORT = 80;

    /**
     * Parses {@code http://user:password@host:3128}; scheme, login and port are optional.
     *
     * @throws IllegalArgumentException when the text is something else; the message contains no
     *     secret
     */
    public static OutboundProxy parse(String text) {
        String url = text.contains("://") ? text : "http://" + text;
        URI uri = uri(url);
        if (uri == null || !"http".equals(scheme(uri)) || uri.getHost() == null || !isBare(uri)) {
            throw new IllegalArgumentException(
                    "a URL of an HTTP proxy such as http://user:password@host:3128");
        }
        String login = uri.getRawUserInfo();
        return new OutboundProxy(
                uri.getHost().replaceAll("[\\[\\]]", ""),
                uri.getPort() < 0 ? USUAL_PORT : uri.getPort(),
                login == null || login.isEmpty() ? null : decoded(login));
    }

    private static @Nullable URI uri(String url) {
        try {
            return URI.create(url);
        } catch (IllegalArgumentException malformed) {
            // The exception's message would quote the login.
            return null;
        }
    }

    private static String scheme(URI uri) {
        return String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    }

    private static boolean isBare(URI uri) {
        boolean noPath = uri.getRawPath().isEmpty() || uri.getRawPath().equals("/");
        return noPath && uri.getRawQuery() == null && uri.getRawFragment() == null;
    }

    private static String decoded(String login) {
        String text = URLDecoder.decode(login.replace("+", "%2B"), UTF_8);
        return text.contains(":") ? text : text + ":";
    }

    /** The value of {@code Proxy-Authorization}, if there is a login. */
    public Optional<String> authorization() {
        return Optional.ofNullable(login)
                .map(given -> "Basic " + Base64.getEncoder().encodeToString(given.getBytes(UTF_8)));
    }

    public InetSocketAddress unresolved() {
        return InetSocketAddress.createUnresolved(host, port);
    }

    /** The URL without the login. */
    @Override
    public String toString() {
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
