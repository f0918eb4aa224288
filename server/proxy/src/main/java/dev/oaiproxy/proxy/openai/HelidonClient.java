package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.proxy.relay.exchange.ClientExchange;
import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.upstream.Headers;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The client of a Helidon response. */
final class HelidonClient implements ClientExchange {
    private final ServerResponse response;
    private final ClientIdentity clientIdentity;
    private @Nullable OutputStream out;
    private boolean broken;

    HelidonClient(ServerResponse response, ClientIdentity clientIdentity) {
        this.response = response;
        this.clientIdentity = clientIdentity;
    }

    /** A write that fails when the client has left. */
    private interface Sending {
        void run() throws IOException;
    }

    @Override
    public void refuse(Refusal why) throws ClientGoneException {
        OpenAiError error = clientIdentity.refuse(why);
        guarded(() -> send(response, error));
    }

    static void send(ServerResponse response, OpenAiError error) {
        response.status(Status.create(error.status()));
        response.header("Content-Type", "application/json");
        error.headers().all().forEach(h -> response.header(h.name(), h.value()));
        response.send(error.json());
    }

    @Override
    public void begin(int status, Headers headers) {
        response.status(Status.create(status));
        for (Headers.Header header : headers.all()) {
            response.headers().add(HeaderValues.create(header.name(), header.value()));
        }
        out = response.outputStream();
    }

    @Override
    public void write(ByteBuffer bytes) throws ClientGoneException {
        // A write of no bytes would end a chunked body.
        if (bytes.hasRemaining()) {
            guarded(
                    () -> {
                        OutputStream open = begun();
                        open.write(
                                bytes.array(),
                                bytes.arrayOffset() + bytes.position(),
                                bytes.remaining());
                        open.flush();
                    });
        }
    }

    @Override
    public void finish() throws ClientGoneException {
        guarded(() -> begun().close());
    }

    @Override
    public void abort() {
        broken = true;
    }

    /** Ends the connection when its response is incomplete. */
    void closeIfBroken() {
        if (broken) {
            throw new CloseConnectionException("the response was broken off");
        }
    }

    private OutputStream begun() {
        if (out == null) {
            throw new IllegalStateException("the response has not begun");
        }
        return out;
    }

    private void guarded(Sending sending) throws ClientGoneException {
        try {
            sending.run();
        } catch (IOException | RuntimeException e) {
            // Helidon reports a lost connection by several kinds of exceptions.
            broken = true;
            throw new ClientGoneException(e);
        }
    }
}
