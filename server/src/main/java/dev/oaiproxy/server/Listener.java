package dev.oaiproxy.server;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.oaiproxy.server.admin.AdminDoor;
import dev.oaiproxy.server.openai.OpenAiDoor;
import dev.oaiproxy.server.openai.SocketDoor;
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
import io.helidon.webserver.observe.metrics.MetricsObserver;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.lang.management.ManagementFactory;
import java.util.function.BooleanSupplier;

/** The HTTP server: its doors, its bounds, and what it does before a door is reached. */
final class Listener {
    /** Files that are open whatever the calls do: jars, the database, the log. */
    private static final long SPARE_FILES = 128;

    private static final int LARGEST_HEADERS = 32 << 10;
    private static final int MOST_CONNECTIONS = 100_000;
    private static final int BEFORE_THE_DOORS = 200;

    private Listener() {}

    /** The doors, in the order in which they are asked. */
    record Doors(
            AdminDoor operators, OpenAiDoor users, SocketDoor sockets, BooleanSupplier ready) {}

    static WebServer start(ServerConfig config, Doors doors) {
        WebServer server =
                WebServer.builder()
                        .config(Config.empty())
                        .host(config.text(Setting.HOST))
                        .port(config.number(Setting.PORT))
                        .shutdownHook(false)
                        .shutdownGracePeriod(config.duration(Setting.GRACE))
                        .idleConnectionTimeout(config.duration(Setting.IDLE_TIMEOUT))
                        .maxPayloadSize(config.number(Setting.MAX_BODY))
                        .maxTcpConnections(connections(config))
                        // Two writes, headers and first bytes, must not wait for each other.
                        .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                        .protocolsDiscoverServices(false)
                        .addConnectionSelector(http(doors.sockets()))
                        .directHandlers(EarlyErrors.handlers())
                        .featuresDiscoverServices(false)
                        .addFeature(observe(doors.ready()))
                        .routing(
                                routing ->
                                        routing.addFilter(Listener::closeWhenAsked)
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

    /** HTTP/1.1, and what it may turn into. */
    private static ServerConnectionSelector http(SocketDoor sockets) {
        return Http1ConnectionSelector.builder()
                .config(Http1Config.builder().maxHeadersSize(LARGEST_HEADERS).build())
                .putUpgrader(sockets.supportedProtocol(), sockets)
                .build();
    }

    /** No operation takes HEAD, and the body of an error must not follow its headers. */
    private static void refuseHead(ServerRequest request, ServerResponse response) {
        response.status(Status.METHOD_NOT_ALLOWED_405).header("Allow", "GET, POST").send();
    }

    /** Helidon answers "Connection: close" with the same, and then waits for another request. */
    private static void closeWhenAsked(
            FilterChain chain, RoutingRequest request, RoutingResponse response) {
        chain.proceed();
        if (request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
            throw new CloseConnectionException("the client asked for that");
        }
    }

    private static ObserveFeature observe(BooleanSupplier ready) {
        return ObserveFeature.builder()
                .endpoint("/")
                // Before the users' door, which takes every path that is left.
                .weight(BEFORE_THE_DOORS)
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
                .addObserver(MetricsObserver.builder().endpoint("metrics").build())
                .build();
    }

    /**
     * How many clients at once. A listener that runs out of files dies for good, so it must stay
     * below; each call takes two, its client's and its own to OpenAI.
     */
    static int connections(ServerConfig config) {
        int wanted = config.number(Setting.MAX_CONNECTIONS);
        long files =
                ManagementFactory.getOperatingSystemMXBean()
                                instanceof UnixOperatingSystemMXBean unix
                        ? unix.getMaxFileDescriptorCount()
                        : MOST_CONNECTIONS;
        long most = Math.clamp((files - SPARE_FILES) / 2, 1, MOST_CONNECTIONS);
        if (wanted > most) {
            throw new ConfigException(
                    Setting.MAX_CONNECTIONS.path()
                            + " may be "
                            + most
                            + " at the most with "
                            + files
                            + " open files; raise the limit (ulimit -n) or lower the setting");
        }
        return wanted == 0 ? (int) most : wanted;
    }
}
