package dev.oaiproxy.app.boot;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.oaiproxy.app.admin.AdminRoutes;
import dev.oaiproxy.app.config.ConfigException;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.config.Setting;
import dev.oaiproxy.app.tls.Certificates;
import dev.oaiproxy.app.tls.TlsSelector;
import dev.oaiproxy.proxy.connection.ClientConnection;
import dev.oaiproxy.proxy.connection.ClientConnections;
import dev.oaiproxy.proxy.connection.ConnectionGuard;
import dev.oaiproxy.proxy.connection.ConnectionLimits;
import dev.oaiproxy.proxy.connection.TrustedProxies;
import dev.oaiproxy.proxy.log.RefusalLog;
import dev.oaiproxy.proxy.openai.CorsOrigins;
import dev.oaiproxy.proxy.openai.OpenAiRoutes;
import dev.oaiproxy.proxy.openai.WebSocketUpgrade;
import io.helidon.common.socket.SocketOptions;
import io.helidon.config.Config;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.observe.ObserveFeature;
import io.helidon.webserver.observe.health.HealthObserver;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** The HTTP server: its routes, its bounds, and the filters before the routes. */
final class Listener {
    /** A bound above that of every operation. */
    private static final long MOST_BODY_BYTES = 1L << 30;

    /** Files that are open without any call: jars, the database, the log. */
    private static final long SPARE_FILES = 128;

    private static final int MOST_CONNECTIONS = 100_000;

    /** Bytes that a connection takes at the most before its client is known. */
    private static final int CONNECTION_BYTES = 48 << 10;

    /** Connections may take one part in four of the heap. */
    private static final int HEAP_SHARE = 4;

    /** Spare connections: a new one need not wait until the one that it replaces has ended. */
    private static final int SPARE_CONNECTIONS = 64;

    private static final int WEIGHT_BEFORE_ROUTES = 200;
    private static final Set<String> OPERATOR_PATHS = Set.of("/admin", "/health", "/metrics");

    private Listener() {}

    /**
     * The routes, in the order in which they are tried, and the connections that reach them.
     *
     * @param refusalLog counts and logs requests that are refused before any route is tried
     * @param origins the origins whose pages may use the routes of users
     */
    record Doors(
            AdminRoutes operators,
            OpenAiRoutes users,
            WebSocketUpgrade sockets,
            ClientConnections connections,
            RefusalLog refusalLog,
            CorsOrigins origins,
            BooleanSupplier ready) {}

    /**
     * Starts the HTTP server. What is written is whole pieces, each of which is flushed, so that
     * there is no buffer for writing, and no socket of NIO, which has one, too.
     *
     * @param certificates empty for plain HTTP
     */
    static WebServer start(ServerConfig config, Doors doors, Optional<Certificates> certificates) {
        ServerConnectionSelector http = http(doors);
        WebServer server =
                WebServer.builder()
                        .config(Config.empty())
                        .host(config.text(Setting.HOST))
                        .port(config.number(Setting.PORT))
                        .shutdownHook(false)
                        .shutdownGracePeriod(config.duration(Setting.GRACE))
                        .idleConnectionTimeout(config.duration(Setting.IDLE_TIMEOUT))
                        .maxPayloadSize(MOST_BODY_BYTES)
                        .maxTcpConnections(connections(config) + SPARE_CONNECTIONS)
                        // Two writes, headers and first bytes, must not wait for each other.
                        .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                        .writeBufferSize(0)
                        .useNio(false)
                        .contentEncoding(new UndecodedRequests())
                        .protocolsDiscoverServices(false)
                        .addConnectionSelector(
                                certificates
                                        .<ServerConnectionSelector>map(
                                                taken -> new TlsSelector(http, taken))
                                        .orElse(http))
                        .directHandlers(EarlyErrors.handlers(doors.refusalLog(), doors.origins()))
                        .featuresDiscoverServices(false)
                        .addFeature(observe(doors.ready()))
                        .routing(
                                routing ->
                                        routing.addFilter(Listener::closeWhenDone)
                                                .addFilter(Listener::requirePlainPath)
                                                .addFilter(
                                                        new CorsFilter(
                                                                doors.origins(),
                                                                doors.refusalLog()))
                                                .route(Method.HEAD, "/*", Listener::refuseHead)
                                                .register(doors.operators())
                                                .register(doors.users()))
                        .build()
                        .start();
        // Helidon logs that it cannot listen, and returns as if it did.
        if (!server.isRunning()) {
            throw new ConfigException(
                    "cannot listen on "
                            + config.text(Setting.HOST)
                            + " port "
                            + config.text(Setting.PORT)
                            + "; is another program using it? Set OAIPROXY_PORT to a free one");
        }
        return server;
    }

    private static ServerConnectionSelector http(Doors doors) {
        // ConnectionGuard has smaller bounds, so that Helidon never reaches these.
        Http1Config unbounded =
                Http1Config.builder().maxHeadersSize(1 << 20).maxPrologueLength(1 << 20).build();
        var http = Http1ConnectionSelector.builder().config(unbounded);
        WebSocketUpgrade.SPELLINGS.forEach(name -> http.putUpgrader(name, doors.sockets()));
        return new ConnectionGuard(
                http.build(),
                doors.connections(),
                EarlyErrors.answers(doors.refusalLog(), doors.origins()));
    }

    /**
     * Requires that the paths of operators are written plainly. Helidon also accepts {@code
     * //admin}, {@code /%61dmin} or {@code /v1/../admin}, which pass a reverse proxy that blocks
     * {@code /admin/}.
     */
    private static void requirePlainPath(
            FilterChain chain, RoutingRequest request, RoutingResponse response) {
        String found = firstSegment(request.prologue().uriPath().path());
        if (OPERATOR_PATHS.contains(found)
                && !firstSegment(request.prologue().uriPath().rawPath()).equals(found)) {
            EarlyErrors.sendUnknownPath(response);
        } else {
            chain.proceed();
        }
    }

    /** The first segment of a path, with the slash before it. */
    private static String firstSegment(String path) {
        int end = path.indexOf('/', 1);
        return end < 0 ? path : path.substring(0, end);
    }

    /** No operation takes HEAD, and the body of an error must not follow its headers. */
    private static void refuseHead(ServerRequest request, ServerResponse response) {
        response.status(Status.METHOD_NOT_ALLOWED_405).header("Allow", "GET, POST").send();
    }

    /**
     * Closes the connection after a response when the client asked for that, or when a part of its
     * body has not been read: the rest must never be taken for the next request. Helidon sends
     * "Connection: close", and then waits for another request all the same.
     */
    private static void closeWhenDone(
            FilterChain chain, RoutingRequest request, RoutingResponse response) {
        response.beforeSend(
                () -> {
                    if (ClientConnection.current().filter(c -> c.hasUnreadBody()).isPresent()) {
                        response.header(HeaderValues.CONNECTION_CLOSE);
                    }
                });
        chain.proceed();
        if (request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)
                || response.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
            throw new CloseConnectionException("nothing follows on this connection");
        }
    }

    private static ObserveFeature observe(BooleanSupplier ready) {
        return ObserveFeature.builder()
                .endpoint("/")
                // Before the routes of users, which take every other path.
                .weight(WEIGHT_BEFORE_ROUTES)
                .observersDiscoverServices(false)
                .addObserver(
                        HealthObserver.builder()
                                .endpoint("health")
                                .useSystemServices(false)
                                .addCheck(
                                        () ->
                                                HealthCheckResponse.builder()
                                                        .status(ready.getAsBoolean())
                                                        .build(),
                                        HealthCheckType.READINESS,
                                        "ledger")
                                .build())
                .build();
    }

    /**
     * The largest number of connections at once. A listener that runs out of files dies for good,
     * so it must stay below that limit; each call takes two files, one for its client and one for
     * OpenAI. All connections together must fit into a part of the heap.
     */
    static int connections(ServerConfig config) {
        int wanted = config.number(Setting.MAX_CONNECTIONS);
        long files =
                ManagementFactory.getOperatingSystemMXBean()
                                instanceof UnixOperatingSystemMXBean unix
                        ? unix.getMaxFileDescriptorCount()
                        : MOST_CONNECTIONS;
        long byFiles = Math.clamp((files - SPARE_FILES) / 2, 1, MOST_CONNECTIONS);
        if (wanted > byFiles) {
            throw new ConfigException(
                    Setting.MAX_CONNECTIONS.path()
                            + " may be at most "
                            + byFiles
                            + " with "
                            + files
                            + " open files; raise the limit (ulimit -n) or lower the setting");
        }
        long byHeap = Runtime.getRuntime().maxMemory() / HEAP_SHARE / CONNECTION_BYTES;
        return wanted == 0 ? (int) Math.clamp(byHeap, 1, byFiles) : wanted;
    }

    static ConnectionLimits limits(ServerConfig config) {
        int all = connections(config);
        int wanted = config.number(Setting.MAX_PER_ADDRESS);
        return new ConnectionLimits(
                all,
                wanted == 0 ? Math.max(1, all / 4 * 3) : wanted,
                wanted == 0 ? Math.max(1, all / 4) : wanted,
                config.time(Setting.HEAD_TIMEOUT),
                config.time(Setting.IDLE_TIMEOUT),
                config.time(Setting.CLIENT_TIMEOUT),
                config.number(Setting.LEAST_BODY_RATE));
    }

    /** The origins whose pages may use the routes of users. */
    static CorsOrigins origins(ServerConfig config) {
        try {
            return CorsOrigins.parse(config.text(Setting.CORS_ORIGINS));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    Setting.CORS_ORIGINS,
                    "origins such as https://chat.example.org or"
                            + " http://localhost:3000, divided by commas, or *",
                    e);
        }
    }

    /** The reverse proxies whose word on the origin of a request is trusted. */
    static TrustedProxies proxies(ServerConfig config) {
        try {
            return TrustedProxies.parse(config.text(Setting.TRUSTED_PROXIES));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    Setting.TRUSTED_PROXIES,
                    "addresses such as 127.0.0.1 or blocks such as 10.0.0.0/8,"
                            + " divided by commas",
                    e);
        }
    }
}
