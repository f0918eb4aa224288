package dev.oaiproxy.proxy.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.oaiproxy.proxy.upstream.Headers;
import io.helidon.http.Status;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes the responses to requests that never reach a handler. */
public interface ErrorAnswers {
    byte[] body(FramingFault fault);

    /**
     * More headers for it.
     *
     * @param origin the page that a browser sends the request for, or null
     */
    Headers headers(@Nullable String origin);

    /** A whole response, which ends the connection. */
    default byte[] answer(FramingFault fault, @Nullable String origin) {
        Headers all = fault.retry();
        for (Headers.Header header : headers(origin).all()) {
            all = all.with(header.name(), header.value());
        }
        return answer(fault.status(), all, body(fault));
    }

    /** A whole response in JSON, which ends the connection. */
    static byte[] answer(int status, Headers headers, byte[] body) {
        StringBuilder head = new StringBuilder("HTTP/1.1 ");
        head.append(status).append(' ').append(Status.create(status).reasonPhrase());
        head.append("\r\nContent-Type: application/json\r\nConnection: close\r\n");
        for (Headers.Header header : headers.all()) {
            head.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        byte[] start = head.toString().getBytes(ISO_8859_1);
        byte[] whole = Arrays.copyOf(start, start.length + body.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        return whole;
    }
}
