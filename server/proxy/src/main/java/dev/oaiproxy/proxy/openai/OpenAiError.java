package dev.oaiproxy.proxy.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.ledger.key.Redaction;
import dev.oaiproxy.proxy.upstream.Headers;
import io.helidon.http.Status;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An error in OpenAI's shape: {@code {"error":{"message","type","param","code"}}}, with all four
 * members.
 *
 * @param headers such as {@code Retry-After}
 */
public record OpenAiError(
        int status,
        String type,
        @Nullable String code,
        @Nullable String param,
        String message,
        Headers headers) {
    /**
     * Masks keys, since a message may quote a request with a key in the wrong place. An error with
     * status 500 or more must say whether to retry: SDKs would otherwise retry each twice.
     */
    public OpenAiError {
        if (status >= FIRST_OF_SERVER && headers.first(SHOULD_RETRY).isEmpty()) {
            throw new IllegalArgumentException(code + " does not say whether to retry");
        }
        message = Redaction.message(message);
        param = param == null ? null : Redaction.message(param);
    }

    private static final int FIRST_OF_SERVER = 500;
    private static final String SHOULD_RETRY = "x-should-retry";
    private static final Headers AGAIN = Headers.of(SHOULD_RETRY, "true");
    private static final Headers NEVER = Headers.of(SHOULD_RETRY, "false");

    static final String INVALID_REQUEST = "invalid_request_error";
    static final String SERVER = "server_error";

    /** An error of the request. */
    public static OpenAiError invalid(int status, @Nullable String code, String message) {
        return new OpenAiError(status, INVALID_REQUEST, code, null, message, Headers.NONE);
    }

    /** An error that may pass by itself and cost nothing: SDKs retry. */
    public static OpenAiError passing(int status, String code, String message) {
        return new OpenAiError(status, SERVER, code, null, message, AGAIN);
    }

    /**
     * An error that stays until somebody acts, or whose retry would cost again: SDKs do not retry.
     */
    public static OpenAiError lasting(int status, String code, String message) {
        return new OpenAiError(status, SERVER, code, null, message, NEVER);
    }

    OpenAiError about(@Nullable String concerned) {
        return new OpenAiError(status, type, code, concerned, message, headers);
    }

    public OpenAiError with(String header, String value) {
        return new OpenAiError(status, type, code, param, message, headers.with(header, value));
    }

    /** Tells SDKs not to retry. */
    OpenAiError withoutRetry() {
        return with(SHOULD_RETRY, "false");
    }

    public byte[] json() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        addTo(root);
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A whole HTTP/1.1 response, which ends the connection. */
    public byte[] response() {
        byte[] body = json();
        StringBuilder head = new StringBuilder("HTTP/1.1 ");
        head.append(status).append(' ').append(Status.create(status).reasonPhrase());
        head.append("\r\nContent-Type: application/json\r\nConnection: close\r\n");
        for (Headers.Header header : headers.all()) {
            head.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        byte[] start = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] whole = Arrays.copyOf(start, start.length + body.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        return whole;
    }

    /**
     * The error as an event of a WebSocket.
     *
     * @param about the id of the client's event that it answers, or null
     */
    String event(@Nullable String about) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("type", "error").put("event_id", "event_oaiproxy").put("status", status);
        addTo(root).put("event_id", about);
        return root.toString();
    }

    private ObjectNode addTo(ObjectNode root) {
        return root.putObject("error")
                .put("message", message)
                .put("type", type)
                .put("param", param)
                .put("code", code);
    }
}
