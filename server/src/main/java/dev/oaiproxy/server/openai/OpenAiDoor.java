package dev.oaiproxy.server.openai;

import dev.oaiproxy.server.relay.Ask;
import dev.oaiproxy.server.relay.ClientGoneException;
import dev.oaiproxy.server.relay.Relay;
import dev.oaiproxy.server.upstream.Headers;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/...} with the key in a header, and {@code /KEY/v1/...} as the original had it.
 * Everything else that no other door has taken ends here, too, as an error in OpenAI's shape.
 */
public final class OpenAiDoor implements HttpService {
    private static final String BEARER = "bearer ";
    private static final String VERSION = "/v1/";
    private static final String ME = "/me";

    private final Supplier<Optional<Service>> service;
    private final Bounds bounds;

    /**
     * What is behind the door once the server has been set up.
     *
     * @param relay takes calls
     * @param me answers what a key's holder may know of it
     */
    public record Service(Relay relay, Me me) {}

    /**
     * What a client may take of the server.
     *
     * @param bodyBytes the largest body
     * @param stalls how long it may neither send nor read
     */
    public record Bounds(int bodyBytes, Stalls stalls) {}

    /**
     * @param service empty while the server is not set up
     */
    public OpenAiDoor(Supplier<Optional<Service>> service, Bounds bounds) {
        this.service = service;
        this.bounds = bounds;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.any("/*", this::handle);
    }

    private void handle(ServerRequest request, ServerResponse response) {
        Target target = Target.of(request.prologue().uriPath().rawPath());
        Optional<Service> open = service.get();
        if (open.isEmpty()) {
            HelidonClient.send(response, Errors.notSetUp());
        } else if (target.isMe()) {
            open.get().me().answer(key(request, target), response);
        } else if (target.path() == null) {
            HelidonClient.send(response, Errors.unknownPath());
        } else {
            relay(open.get().relay(), ask(request, target, target.path()), response);
        }
    }

    private void relay(Relay relay, Ask ask, ServerResponse response) {
        HelidonClient client = new HelidonClient(response, bounds.stalls());
        try {
            relay.handle(ask, client);
        } catch (ClientGoneException e) {
            client.abort();
        }
        client.closeIfBroken();
    }

    private Ask ask(ServerRequest request, Target target, String path) {
        return new Ask(
                request.prologue().method().text(),
                path,
                request.prologue().hasQuery() ? request.prologue().query().rawValue() : null,
                headers(request),
                key(request, target),
                () -> body(request));
    }

    /** Where a request goes: an operation, {@code /me}, or nowhere. The key is not in the path. */
    private record Target(@Nullable String key, @Nullable String path) {
        static Target of(String raw) {
            return isOurs(raw, 0) ? new Target(null, path(raw)) : keyed(raw);
        }

        private static Target keyed(String raw) {
            int slash = raw.indexOf('/', 1);
            return slash > 1 && isOurs(raw, slash)
                    ? new Target(raw.substring(1, slash), path(raw.substring(slash)))
                    : new Target(null, null);
        }

        private static boolean isOurs(String raw, int from) {
            return raw.startsWith(VERSION, from) || raw.substring(from).equals(ME);
        }

        private static String path(String raw) {
            return raw.equals(ME) ? ME : raw.substring(VERSION.length() - 1);
        }

        boolean isMe() {
            return path != null && path.equals(ME);
        }

        @Override
        public String toString() {
            return "Target[" + path + "]";
        }
    }

    /** The key of the path, else that of the headers; OpenAI's SDKs always send some header. */
    private static @Nullable String key(ServerRequest request, Target target) {
        if (target.key() != null) {
            return target.key();
        }
        String authorization = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        if (authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return authorization.substring(BEARER.length()).strip();
        }
        return request.headers()
                .first(HeaderNames.create("api-key"))
                .or(() -> request.headers().first(HeaderNames.create("x-api-key")))
                .orElse(authorization.isEmpty() ? null : authorization);
    }

    private static Headers headers(ServerRequest request) {
        List<Headers.Header> all = new ArrayList<>();
        for (Header header : request.headers()) {
            for (String value : header.allValues()) {
                all.add(new Headers.Header(header.name(), value));
            }
        }
        return Headers.of(all);
    }

    private Optional<byte[]> body(ServerRequest request) {
        if (!request.content().hasEntity()) {
            return Optional.of(new byte[0]);
        }
        if (request.headers().contentLength().orElse(0) > bounds.bodyBytes()) {
            return Optional.empty();
        }
        try (Stalls.Watch _ = bounds.stalls().watch();
                InputStream in = request.content().inputStream()) {
            byte[] body = in.readNBytes(bounds.bodyBytes() + 1);
            return body.length > bounds.bodyBytes() ? Optional.empty() : Optional.of(body);
        } catch (IOException e) {
            throw new UncheckedIOException("the request body did not arrive", e);
        }
    }
}
