package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.base.alarm.FatalErrors;
import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.proxy.connection.ClientConnection;
import dev.oaiproxy.proxy.encoding.RequestBody;
import dev.oaiproxy.proxy.relay.Relay;
import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.relay.socket.WebSocketRelay;
import dev.oaiproxy.proxy.upstream.Headers;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The routes {@code /v1/...} with the key in a header, and {@code /KEY/v1/...} with the key in the
 * path. Any path that no other route takes also ends here, with an error in OpenAI's shape.
 */
public final class OpenAiRoutes implements HttpService {
    private final Supplier<Optional<Service>> service;
    private final int largestBody;
    private final ByteBudget memory;
    private final RefusalErrors refusalErrors;

    /**
     * The handlers of a server that has been set up.
     *
     * @param relay handles calls
     * @param sockets handles sessions over WebSockets
     * @param meHandler tells the holder of a key about its quota and calls
     */
    public record Service(Relay relay, WebSocketRelay sockets, MeHandler meHandler) {}

    /**
     * @param service empty while the server is not set up
     * @param largestBody in bytes
     * @param memory the memory that all clients together may use
     * @param refusalErrors turns refusals into errors, and logs them
     */
    public OpenAiRoutes(
            Supplier<Optional<Service>> service,
            int largestBody,
            ByteBudget memory,
            RefusalErrors refusalErrors) {
        this.service = service;
        this.largestBody = largestBody;
        this.memory = memory;
        this.refusalErrors = refusalErrors;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.any("/*", this::handle);
    }

    private void handle(ServerRequest request, ServerResponse response) {
        RequestTarget target = RequestTarget.of(request.prologue().uriPath().rawPath());
        String key = Credentials.key(request.headers(), target);
        ClientIdentity clientIdentity = refusalErrors.client(key);
        Optional<Service> open = service.get();
        if (open.isEmpty()) {
            HelidonClient.send(response, clientIdentity.refuse(RefusalErrors.notSetUp()));
        } else if (target.isMe()) {
            open.get().meHandler().answer(clientIdentity, request, target, response);
        } else if (target.path() == null) {
            HelidonClient.send(response, clientIdentity.refusePath());
        } else {
            try (Lease lease = memory.lease()) {
                HelidonClient client = new HelidonClient(response, clientIdentity);
                relay(
                        open.get().relay(),
                        ask(request, target.path(), clientIdentity, lease),
                        client);
            }
        }
    }

    private static void relay(Relay relay, ProxyRequest proxyRequest, HelidonClient client) {
        try {
            relay.handle(proxyRequest, client);
        } catch (ClientGoneException e) {
            client.abort();
        } catch (Error e) {
            // Helidon would treat the error as the end of one request only.
            FatalErrors.report(e);
            throw e;
        }
        client.closeIfBroken();
    }

    private ProxyRequest ask(
            ServerRequest request, String path, ClientIdentity clientIdentity, Lease lease) {
        return new ProxyRequest(
                request.prologue().method().text(),
                path,
                request.prologue().hasQuery() ? request.prologue().query().rawValue() : null,
                Headers.of(request.headers()),
                clientIdentity.presented(),
                new IncomingBody(request, lease),
                lease);
    }

    private final class IncomingBody implements ProxyRequest.Incoming {
        private final ServerRequest request;
        private final Lease lease;

        IncomingBody(ServerRequest request, Lease lease) {
            this.request = request;
            this.lease = lease;
        }

        @Override
        public byte[] whole(long limit) {
            if (!request.content().hasEntity()) {
                return new byte[0];
            }
            long room = Math.min(largestBody, lease.most(Use.REQUEST));
            int most = (int) Math.min(limit, room);
            long announced = request.headers().contentLength().orElse(0);
            if (announced > most) {
                throw new RefusedException(new Refusal.TooLarge(most));
            }
            RequestBody body = new RequestBody(lease, Use.REQUEST, most);
            List<String> codings =
                    request.headers().contains(HeaderNames.CONTENT_ENCODING)
                            ? request.headers().values(HeaderNames.CONTENT_ENCODING)
                            : List.of();
            try (InputStream in = stream()) {
                return switch (body.read(in, announced, codings)) {
                    case RequestBody.Result.Whole whole -> whole.bytes();
                    case RequestBody.Result.TooLarge _ ->
                            throw new RefusedException(new Refusal.TooLarge(most));
                    case RequestBody.Result.NoRoom _ ->
                            throw new RefusedException(new Refusal.NoRoom());
                    case RequestBody.Result.Damaged damaged ->
                            throw RefusedException.malformed(
                                    "Check the Content-Encoding of the request: its body cannot"
                                            + " be decoded as "
                                            + damaged.codings()
                                            + ".",
                                    null);
                    case RequestBody.Result.UnknownCoding coding ->
                            throw new RefusedException(new Refusal.UnknownCoding(coding.name()));
                };
            } catch (IOException e) {
                throw new UncheckedIOException("the request body did not arrive", e);
            }
        }

        /** Opens the body. The body is read only for a client with a known key. */
        @Override
        public InputStream stream() {
            ClientConnection.current().ifPresent(ClientConnection::recognize);
            return request.content().hasEntity()
                    ? request.content().inputStream()
                    : InputStream.nullInputStream();
        }

        @Override
        public long length() {
            return request.content().hasEntity() ? request.headers().contentLength().orElse(-1) : 0;
        }
    }
}
