package dev.oaiproxy.sandbox.http;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.WireFormat;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** One request and its response, with OpenAI's headers and ways to break off. */
public final class HttpExchange {
    private static final String JSON_TYPE = "application/json";

    private final ServerRequest request;
    private final ServerResponse response;
    private final String requestId;
    private final long startNanos = System.nanoTime();
    private final WatchedConnectionContext line = WatchedConnectionSelector.line();
    private StopSignal gone = new StopSignal();
    private boolean packed;
    private @Nullable OutputStream out;
    private IntConsumer refusals = _ -> {};

    public HttpExchange(ServerRequest request, ServerResponse response, String id) {
        this.request = request;
        this.response = response;
        this.requestId = "req_" + id;
    }

    public String requestId() {
        return requestId;
    }

    public String method() {
        return request.prologue().method().text();
    }

    public String path() {
        return request.path().path();
    }

    public Optional<String> header(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    public Optional<String> query(String name) {
        return request.query().first(name).asOptional();
    }

    /** A segment of the path after {@code /v1}, counted from 0. */
    public String segment(int index) {
        return path().split("/", -1)[index + 2];
    }

    public String lastSegment() {
        return path().substring(path().lastIndexOf('/') + 1);
    }

    /** Reads the body, empty if there is none, and starts to watch for a disconnect. */
    public byte[] bytes() {
        byte[] bytes =
                request.content().hasEntity() ? request.content().as(byte[].class) : new byte[0];
        gone = line.watch();
        return bytes;
    }

    /** Reads the body as a JSON object, if it is one, and starts to watch for a disconnect. */
    public Optional<JsonNode> body() {
        try {
            return Optional.ofNullable(JsonObjects.MAPPER.readTree(bytes()))
                    .filter(JsonNode::isObject);
        } catch (IOException malformed) {
            return Optional.empty();
        }
    }

    /** Reads the body as a JSON object, or as a missing node if it is none. */
    public JsonNode json() {
        return body().orElse(MissingNode.getInstance());
    }

    /** Waits; returns false if the client disconnects meanwhile. */
    public boolean pause(Duration time) {
        return gone.pause(time);
    }

    /** Sends nothing more until the client disconnects or the server stops. */
    public void stall() {
        gone.pause(Duration.ofNanos(Long.MAX_VALUE));
    }

    /** Sets an action on the HTTP status of an error response. */
    public void onRefusal(IntConsumer action) {
        refusals = action;
    }

    public void refuse(ApiError problem) {
        refusals.accept(problem.status());
        if (problem.status() == 429) {
            response.header("retry-after", "1").header("retry-after-ms", "20");
        }
        send(problem.status(), problem.json());
    }

    public void send(int status, ObjectNode body) {
        response.status(status);
        send(JSON_TYPE, pretty(body));
    }

    /**
     * Sends the page of a list that the request asks for, in this order unless the request names
     * another.
     */
    public void sendPage(List<? extends JsonNode> all, String usualOrder) {
        send(200, PagedList.of(this, all, usualOrder));
    }

    public void sendDeleted(String id, String object) {
        send(200, deleted(id, object));
    }

    public static ObjectNode deleted(String id, String object) {
        return newObject().put("id", id).put("object", object).put("deleted", true);
    }

    public void send(String contentType, byte[] body) {
        addHeaders(contentType);
        response.send(body);
    }

    /** Sends a body, or the part of it that a fault lets through. */
    public void send(ObjectNode body, Directives directives) {
        send(JSON_TYPE, pretty(body), directives);
    }

    /** Sends a body of any type, or the part of it that a fault lets through. */
    public void send(String contentType, byte[] body, Directives directives) {
        InjectedFault fault = directives.fault();
        if (fault != InjectedFault.CUT && fault != InjectedFault.STALL) {
            sendWhole(contentType, body, directives.wire());
            return;
        }
        addHeaders(contentType);
        sendPart(body, directives.after());
        if (fault == InjectedFault.STALL) {
            stall();
        }
        throw abort();
    }

    private void sendWhole(String contentType, byte[] body, WireFormat wire) {
        if (!isPacked(wire)) {
            send(contentType, body);
            return;
        }
        ByteArrayOutputStream packedBody = new ByteArrayOutputStream();
        try (GZIPOutputStream packing = new GZIPOutputStream(packedBody)) {
            packing.write(body);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        response.header("content-encoding", "gzip");
        send(contentType, packedBody.toByteArray());
    }

    private void sendPart(byte[] body, int after) {
        response.contentLength(body.length);
        int part = after == 0 ? body.length / 2 : Math.min(after, body.length - 1);
        write(Arrays.copyOf(body, part));
    }

    /** OpenAI indents JSON that it does not stream. */
    private static byte[] pretty(ObjectNode body) {
        try {
            return JsonObjects.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(body);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    public void startBody(String contentType) {
        addHeaders(contentType);
    }

    public void startStream(WireFormat wire) {
        addHeaders("text/event-stream; charset=utf-8");
        packed = isPacked(wire);
        if (packed) {
            response.header("content-encoding", "gzip");
        }
    }

    private boolean isPacked(WireFormat wire) {
        return wire == WireFormat.GZIP && header("Accept-Encoding").orElse("").contains("gzip");
    }

    /** Writes an event; returns false if the client has disconnected. */
    public boolean event(String name, String json, WireFormat wire) {
        byte[] bytes = wire.event(name, json).getBytes(StandardCharsets.UTF_8);
        return wire == WireFormat.BYTES ? writeEach(bytes) : write(bytes);
    }

    private boolean writeEach(byte... bytes) {
        boolean there = true;
        for (int i = 0; there && i < bytes.length; i++) {
            there = write(new byte[] {bytes[i]});
        }
        return there;
    }

    /** Writes and flushes; returns false if the client has disconnected. */
    public boolean write(byte[] bytes) {
        try {
            if (out == null) {
                OutputStream plain = response.outputStream();
                out = packed ? new GZIPOutputStream(plain, true) : plain;
            }
            out.write(bytes);
            out.flush();
            return true;
        } catch (IOException | RuntimeException left) {
            return false;
        }
    }

    public void endStream() {
        try {
            if (out != null) {
                out.close();
            }
        } catch (IOException | RuntimeException left) {
            throw new CloseConnectionException("the client disconnected", left);
        }
    }

    /**
     * Closes the connection in the middle of the response. The caller throws the returned
     * exception, which keeps the server from ending the response normally.
     */
    public CloseConnectionException abort() {
        line.serverSocket().close();
        return new CloseConnectionException("aborted by the stand-in");
    }

    private void addHeaders(String contentType) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        response.header("content-type", contentType)
                .header("x-request-id", requestId)
                .header("openai-processing-ms", Long.toString(millis))
                .header("openai-version", "2020-10-01")
                .header("openai-organization", "org-sandbox")
                .header("openai-project", "proj_sandbox")
                .header("x-ratelimit-limit-requests", "10000")
                .header("x-ratelimit-limit-tokens", "2000000")
                .header("x-ratelimit-remaining-requests", "9999")
                .header("x-ratelimit-remaining-tokens", "1999000")
                .header("x-ratelimit-reset-requests", "6ms")
                .header("x-ratelimit-reset-tokens", "1.276s")
                .header("set-cookie", "__cf_bm=sandbox; path=/; HttpOnly; Secure; SameSite=None");
    }
}
