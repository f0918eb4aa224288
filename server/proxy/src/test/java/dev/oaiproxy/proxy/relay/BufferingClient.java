package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.proxy.relay.exchange.ClientExchange;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.upstream.Headers;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client that stores the response. */
final class BufferingClient implements ClientExchange {
    @Nullable Refusal refusal;
    int status;
    Headers headers = Headers.NONE;
    boolean whole;
    boolean aborted;
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    @Override
    public void refuse(Refusal why) {
        refusal = why;
    }

    @Override
    public void begin(int code, Headers all) {
        status = code;
        headers = all;
    }

    @Override
    public void write(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            shown.write(bytes.get());
        }
    }

    @Override
    public void finish() {
        whole = true;
    }

    @Override
    public void abort() {
        aborted = true;
    }

    String text() {
        return shown.toString(StandardCharsets.UTF_8);
    }
}
