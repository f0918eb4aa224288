package dev.oaiproxy.proxy.connection;

import org.jspecify.annotations.Nullable;

/** Makes the responses to requests that never reach a handler. */
@FunctionalInterface
public interface ErrorAnswers {
    /**
     * A whole response, which ends the connection.
     *
     * @param origin the page that a browser sends the request for, or null
     */
    byte[] answer(FramingFault fault, @Nullable String origin);
}
