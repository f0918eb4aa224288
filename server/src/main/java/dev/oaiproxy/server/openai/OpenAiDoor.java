package dev.oaiproxy.server.openai;

import dev.oaiproxy.server.relay.Ask;
import dev.oaiproxy.server.relay.ClientGoneException;
import dev.oaiproxy.server.relay.Relay;
import dev.oaiproxy.server.relay.SocketRelay;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * {@code /v1/...} with the key in a header, and {@code /KEY/v1/...} as the original had it.
 * Everything else that no other door has taken ends here, too, as an error in OpenAI's shape.
 */
public final class OpenAiDoor implements HttpService {
    private final Supplier<Optional<Service>> service;
    private final Bounds bounds;

    /**
     * What is behind the door once the server has been set up.
     *
     * @param relay takes calls
     * @param sockets takes conversations over WebSockets
     * @param me answers what a key's holder may know of it
     */
    public record Service(Relay relay, SocketRelay sockets, Me me) {}

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
            open.get().me().answer(Presented.key(request.headers(), target), response);
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
                Presented.headers(request.headers()),
                Presented.key(request.headers(), target),
                () -> body(request));
    }

    /** Read where it is to stay: a file is large enough to be in memory once. */
    private static byte[] announced(InputStream in, int length) throws IOException {
        byte[] body = new byte[length];
        if (in.readNBytes(body, 0, length) < length) {
            throw new EOFException("the request body broke off");
        }
        return body;
    }

    private Optional<byte[]> unannounced(InputStream in) throws IOException {
        byte[] body = in.readNBytes(bounds.bodyBytes() + 1);
        return body.length > bounds.bodyBytes() ? Optional.empty() : Optional.of(body);
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
            long length = request.headers().contentLength().orElse(-1);
            return length < 0 ? unannounced(in) : Optional.of(announced(in, (int) length));
        } catch (IOException e) {
            throw new UncheckedIOException("the request body did not arrive", e);
        }
    }
}
