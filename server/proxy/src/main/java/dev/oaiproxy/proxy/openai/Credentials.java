package dev.oaiproxy.proxy.openai;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the key that a client presents. */
final class Credentials {
    private static final String BEARER = "bearer ";
    private static final HeaderName PROTOCOLS = HeaderNames.create("Sec-WebSocket-Protocol");

    /**
     * The subprotocol with which a browser presents a key, since it cannot send headers of its own
     * with a WebSocket.
     */
    private static final String KEY_PROTOCOL = "openai-insecure-api-key.";

    private Credentials() {}

    /**
     * The key in the path, or else in the headers. The path wins because OpenAI's SDKs always send
     * some header.
     */
    static @Nullable String key(io.helidon.http.Headers headers, RequestTarget target) {
        if (target.key() != null) {
            return target.key();
        }
        String authorization = headers.first(HeaderNames.AUTHORIZATION).orElse("");
        if (authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return authorization.substring(BEARER.length()).strip();
        }
        return headers.first(HeaderNames.create("api-key"))
                .or(() -> headers.first(HeaderNames.create("x-api-key")))
                .or(() -> keyProtocol(headers))
                .orElse(authorization.isEmpty() ? null : authorization);
    }

    private static Optional<String> keyProtocol(io.helidon.http.Headers headers) {
        return protocols(headers)
                .filter(protocol -> protocol.startsWith(KEY_PROTOCOL))
                .map(protocol -> protocol.substring(KEY_PROTOCOL.length()))
                .findFirst();
    }

    /** The subprotocols that a client offers for a WebSocket. */
    static Stream<String> protocols(io.helidon.http.Headers headers) {
        return headers.values(PROTOCOLS).stream()
                .flatMap(names -> Arrays.stream(names.split(",", -1)))
                .map(String::strip);
    }
}
