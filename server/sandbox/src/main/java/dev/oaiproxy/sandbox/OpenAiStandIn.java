package dev.oaiproxy.sandbox;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.api.Json;
import dev.oaiproxy.sandbox.batch.BatchRoutes;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.chat.ChatRoutes;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.Routes;
import dev.oaiproxy.sandbox.http.WatchedConnectionSelector;
import dev.oaiproxy.sandbox.media.MediaRoutes;
import dev.oaiproxy.sandbox.model.MediaModel;
import dev.oaiproxy.sandbox.model.TextModel;
import dev.oaiproxy.sandbox.realtime.WebSocketRoutes;
import dev.oaiproxy.sandbox.response.ResponsesRoutes;
import dev.oaiproxy.sandbox.storage.StorageRoutes;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.websocket.WsConfig;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A running stand-in for OpenAI on 127.0.0.1.
 *
 * <p>A request chooses its fault, delay, length and tier by {@link Directives} in its text, or a
 * test does so by {@link #next}.
 */
public final class OpenAiStandIn implements AutoCloseable {
    private static final Duration GRACE = Duration.ofMillis(100);
    private static final long MOST_BODY_BYTES = 64L * 1024 * 1024;

    private final SandboxState sandbox;
    private final WebServer server;

    private OpenAiStandIn(SandboxState sandbox) {
        this.sandbox = sandbox;
        this.server =
                WebServer.builder()
                        .host("127.0.0.1")
                        .port(sandbox.settings().port())
                        .shutdownHook(false)
                        .featuresDiscoverServices(false)
                        .protocolsDiscoverServices(false)
                        .addConnectionSelector(
                                new WatchedConnectionSelector(new WebSocketRoutes(sandbox)))
                        .addProtocol(
                                WsConfig.builder()
                                        .maxFrameLength(WebSocketRoutes.MOST_FRAME_BYTES)
                                        .build())
                        .connectionOptions(options -> options.tcpNoDelay(true))
                        .maxPayloadSize(MOST_BODY_BYTES)
                        .shutdownGracePeriod(GRACE)
                        .routing(this::route)
                        .build();
    }

    public static OpenAiStandIn start(StandInSettings settings) {
        OpenAiStandIn standIn = new OpenAiStandIn(new SandboxState(settings));
        standIn.server.start();
        return standIn;
    }

    /** The base URL, which replaces {@code https://api.openai.com/v1} in a client. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.port() + "/v1");
    }

    public String apiKey() {
        return sandbox.settings().apiKey();
    }

    public SandboxBill bill() {
        return sandbox.bill();
    }

    /** Queues directives for the next call, which replace those in its text. */
    public void next(Directives directives) {
        sandbox.queue(directives);
    }

    /** Moves the stand-in's clock forward, to expire unused containers. */
    public void advance(Duration by) {
        sandbox.advance(by);
    }

    private void route(HttpRouting.Builder routing) {
        Routes routes = new Routes(routing, this::guarded);
        routes.get("/v1/models", OpenAiStandIn::sendModels);
        routes.get("/v1/models/{id}", OpenAiStandIn::sendModel);
        ChatRoutes.add(routes, sandbox);
        ResponsesRoutes.add(routes, sandbox);
        MediaRoutes.add(routes, sandbox);
        StorageRoutes.add(routes, sandbox);
        BatchRoutes.add(routes, sandbox);
        routing.get("/sandbox/bill", (request, response) -> sendBill(exchange(request, response)))
                .any(guarded(OpenAiStandIn::refuseUrl))
                .error(
                        IllegalArgumentException.class,
                        (request, response, wrong) ->
                                exchange(request, response)
                                        .refuse(ApiError.invalid("" + wrong.getMessage())));
    }

    private HttpExchange exchange(ServerRequest request, ServerResponse response) {
        return new HttpExchange(request, response, sandbox.nextId());
    }

    private Handler guarded(Consumer<HttpExchange> handler) {
        return (request, response) -> {
            HttpExchange exchange = exchange(request, response);
            try {
                checkKey(exchange);
                handler.accept(exchange);
            } catch (ApiError refused) {
                exchange.refuse(refused);
            }
        };
    }

    private void checkKey(HttpExchange exchange) {
        String key = exchange.header("Authorization").orElseThrow(ApiError::noKey);
        ApiError.throwIf(!key.equals("Bearer " + apiKey()), ApiError.wrongKey());
        checkHeader(exchange, "Organization", "org-sandbox");
        checkHeader(exchange, "Project", "proj_sandbox");
    }

    private static void checkHeader(HttpExchange exchange, String name, String known) {
        boolean same = exchange.header("OpenAI-" + name).orElse(known).equals(known);
        ApiError.throwIf(!same, ApiError.mismatched(name));
    }

    private void sendBill(HttpExchange exchange) {
        exchange.send(200, newObject().set("data", Json.mapper().valueToTree(bill().entries())));
    }

    private static void sendModels(HttpExchange exchange) {
        ObjectNode list = newObject().put("object", "list");
        ArrayNode all = list.putArray("data");
        Stream.concat(TextModel.all(), MediaModel.all().map(MediaModel::asText))
                .map(OpenAiStandIn::json)
                .forEach(all::add);
        exchange.send(200, list);
    }

    private static void sendModel(HttpExchange exchange) {
        String id = exchange.lastSegment();
        TextModel model =
                TextModel.named(id)
                        .or(() -> MediaModel.named(id).map(MediaModel::asText))
                        .orElseThrow(() -> ApiError.noSuchModel(id));
        exchange.send(200, json(model));
    }

    private static ObjectNode json(TextModel model) {
        return newObject()
                .put("id", model.name())
                .put("object", "model")
                .put("created", 1_686_935_002)
                .put("owned_by", "system");
    }

    private static void refuseUrl(HttpExchange exchange) {
        throw ApiError.noSuchUrl(exchange.method(), exchange.path());
    }

    @Override
    public void close() {
        server.stop();
    }
}
