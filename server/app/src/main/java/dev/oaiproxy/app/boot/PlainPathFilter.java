package dev.oaiproxy.app.boot;

import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.Set;

/**
 * Requires that the paths of operators are written plainly. Helidon also accepts {@code //admin},
 * {@code /%61dmin} or {@code /v1/../admin}, which pass a reverse proxy that blocks {@code /admin/}.
 */
final class PlainPathFilter {
    private static final Set<String> OPERATORS = Set.of("/admin", "/health", "/metrics");

    private PlainPathFilter() {}

    static void require(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        String found = first(request.prologue().uriPath().path());
        if (OPERATORS.contains(found)
                && !first(request.prologue().uriPath().rawPath()).equals(found)) {
            EarlyErrors.sendUnknownPath(response);
        } else {
            chain.proceed();
        }
    }

    /** The first segment, with the slash before it. */
    private static String first(String path) {
        int end = path.indexOf('/', 1);
        return end < 0 ? path : path.substring(0, end);
    }
}
