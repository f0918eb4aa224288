package dev.oaiproxy.app.boot;

import dev.oaiproxy.proxy.connection.ClientConnection;
import dev.oaiproxy.proxy.log.RefusalLog;
import dev.oaiproxy.proxy.openai.CorsOrigins;
import dev.oaiproxy.proxy.openai.OpenAiError;
import dev.oaiproxy.proxy.upstream.Headers;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/**
 * Answers CORS preflights, which come without a key, before any route does, and adds the headers
 * that let a page read responses, errors included.
 */
record CorsFilter(CorsOrigins origins, RefusalLog refusalLog) implements Filter {
    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        String path = request.prologue().uriPath().rawPath();
        ServerRequestHeaders headers = request.headers();
        if (!CorsOrigins.isUsers(path)) {
            chain.proceed();
        } else if (CorsOrigins.isPreflight(request.prologue().method().text(), headers)) {
            origins.preflight(headers)
                    .ifPresentOrElse(
                            granted -> {
                                add(granted, response.headers());
                                response.status(Status.OK_200).send();
                            },
                            () -> refuse(response));
        } else if (headers.contains(HeaderNames.UPGRADE) && !origins.allowSocket(headers)) {
            refuse(response);
        } else {
            Headers readable = origins.answer(headers.first(HeaderNames.ORIGIN).orElse(null));
            response.beforeSend(() -> add(readable, response.headers()));
            chain.proceed();
        }
    }

    private void refuse(RoutingResponse response) {
        OpenAiError error = CorsOrigins.refusal();
        refusalLog.add(String.valueOf(error.code()), null, ClientConnection.currentAddress());
        response.status(Status.create(error.status()))
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(error.json());
    }

    /** Adds headers to a response that may have them already. */
    static void add(Headers more, ServerResponseHeaders headers) {
        for (Headers.Header header : more.all()) {
            if (header.name().equals("Vary")) {
                headers.add(HeaderValues.create(header.name(), header.value()));
            } else {
                headers.set(HeaderValues.create(header.name(), header.value()));
            }
        }
    }
}
