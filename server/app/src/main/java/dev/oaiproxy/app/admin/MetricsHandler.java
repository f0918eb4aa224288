package dev.oaiproxy.app.admin;

import dev.oaiproxy.base.metrics.Metrics;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** {@code GET /metrics}, which Prometheus reads every few seconds. */
public final class MetricsHandler {
    static final String PATH = "/metrics";

    private final Metrics metrics;
    private final MetricsAccess access;

    /** MetricsAccess to the metrics, which show models and spending. */
    public enum MetricsAccess {
        /** The administrator, with the password, and anybody on the machine itself. */
        OPERATORS,
        /** Everybody. */
        OPEN
    }

    public MetricsHandler(Metrics metrics, MetricsAccess access) {
        this.metrics = metrics;
        this.access = access;
    }

    /** True when a request needs no password. */
    boolean isOpenTo(ServerRequest request) {
        return access == MetricsAccess.OPEN || SetupHandler.isFromThisMachine(request);
    }

    void send(ServerResponse response) {
        response.header("Content-Type", Metrics.CONTENT_TYPE);
        response.send(metrics.text());
    }
}
