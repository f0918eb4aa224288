package dev.oaiproxy.app.boot;

import dev.oaiproxy.proxy.connection.ClientConnection;
import dev.oaiproxy.proxy.connection.ErrorAnswers;
import dev.oaiproxy.proxy.connection.FramingFault;
import dev.oaiproxy.proxy.log.RefusalLog;
import dev.oaiproxy.proxy.openai.CorsOrigins;
import dev.oaiproxy.proxy.openai.OpenAiError;
import dev.oaiproxy.proxy.upstream.Headers;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * Errors that arise before a request reaches its route: a bad header, a body that is too large.
 * Helidon would answer them without a body, which SDKs cannot read.
 */
final class EarlyErrors {
    private EarlyErrors() {}

    /**
     * Handlers for the errors of Helidon.
     *
     * @param refusalLog counts and logs each error
     * @param origins the origins whose pages may read the errors
     */
    static DirectHandlers handlers(RefusalLog refusalLog, CorsOrigins origins) {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(
                    type,
                    (request, kind, status, headers, _) -> {
                        OpenAiError error = error(status);
                        add(refusalLog, error);
                        if (isReadable(request)) {
                            CorsFilter.add(origins.answer(origin()), headers);
                        }
                        return answer(kind, error, headers);
                    });
        }
        return handlers.build();
    }

    /** A request whose first line cannot be read has neither path nor headers here. */
    private static boolean isReadable(DirectHandler.TransportRequest request) {
        return request.path().isEmpty() || CorsOrigins.isUsers(request.path());
    }

    private static @Nullable String origin() {
        return ClientConnection.current().map(ClientConnection::origin).orElse(null);
    }

    private static DirectHandler.TransportResponse answer(
            EventType type, OpenAiError error, ServerResponseHeaders headers) {
        error.headers().all().forEach(h -> headers.set(HeaderNames.create(h.name()), h.value()));
        return DirectHandler.TransportResponse.builder()
                .status(Status.create(error.status()))
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .keepAlive(type.keepAlive())
                .entity(error.json())
                .build();
    }

    /**
     * Answers to bytes that are no HTTP request.
     *
     * @param refusalLog counts and logs each error
     * @param origins the origins whose pages may read the errors
     */
    static ErrorAnswers answers(RefusalLog refusalLog, CorsOrigins origins) {
        return (fault, origin) -> {
            OpenAiError error = error(fault);
            add(refusalLog, error);
            for (Headers.Header header : origins.answer(origin).all()) {
                error = error.with(header.name(), header.value());
            }
            return error.response();
        };
    }

    private static OpenAiError error(FramingFault fault) {
        return new OpenAiError(
                fault.status(),
                fault == FramingFault.FULL ? "server_error" : "invalid_request_error",
                fault.code(),
                null,
                fault.message(),
                fault.retry());
    }

    private static void add(RefusalLog refusalLog, OpenAiError error) {
        refusalLog.add(String.valueOf(error.code()), null, ClientConnection.currentAddress());
    }

    private static OpenAiError tooLarge() {
        return OpenAiError.invalid(
                Status.REQUEST_ENTITY_TOO_LARGE_413.code(),
                "request_too_large",
                "The request body is larger than this proxy takes.");
    }

    /** Answers as the routes of users answer an unknown path. */
    static void sendUnknownPath(ServerResponse response) {
        OpenAiError error =
                OpenAiError.invalid(
                        Status.NOT_FOUND_404.code(),
                        "unknown_url",
                        "There is nothing at this path.");
        response.status(Status.NOT_FOUND_404)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(error.json());
    }

    /** The message is ours: Helidon's may quote the request, and with it a key. */
    private static OpenAiError error(Status status) {
        if (status.code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()) {
            return tooLarge();
        }
        String message = "The proxy could not process the request: " + status.reasonPhrase() + ".";
        // A request that failed once fails again, and SDKs would repeat it twice.
        return status.code() >= Status.INTERNAL_SERVER_ERROR_500.code()
                ? OpenAiError.lasting(status.code(), "internal_error", message)
                : OpenAiError.invalid(status.code(), "bad_request", message);
    }
}
