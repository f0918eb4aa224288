package dev.oaiproxy.server.relay;

import dev.oaiproxy.server.upstream.Headers;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for.
 *
 * @param path the path after {@code /v1}, in its escaped form
 * @param query the query in its escaped form, or null
 * @param key what was presented as a key, or null
 * @param body reads the body, at most once; empty when it is larger than the server takes
 */
public record Ask(
        String method,
        String path,
        @Nullable String query,
        Headers headers,
        @Nullable String key,
        Supplier<Optional<byte[]>> body) {
    String pathAndQuery() {
        return query == null ? path : path + "?" + query;
    }

    /** Neither the key nor anything else that was sent. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
