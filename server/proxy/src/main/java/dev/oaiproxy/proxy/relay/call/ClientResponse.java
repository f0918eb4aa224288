package dev.oaiproxy.proxy.relay.call;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.HeldBytes;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.usage.ResponseMode;
import dev.oaiproxy.proxy.relay.exchange.ClientExchange;
import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.ProxyHeaders;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.owner.ObjectRecorder;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a response. If the client disconnects, the rest is discarded, within bounds,
 * so that the response can be read to its usage.
 */
final class ClientResponse implements AutoCloseable {
    /** A response up to this size is kept back, so that its headers can state its cost. */
    static final int WINDOW_BYTES = 256 << 10;

    private final ClientExchange client;
    private final UpstreamResponse response;
    private final Supplier<Headers> headers;
    private final ResponseDrainer responseDrainer;
    private final ObjectRecorder recorder;
    private final HeldBytes kept;

    /** The newest piece, when memory was short; never larger than the read buffer. */
    private byte[] last = {};

    private boolean begun;
    private boolean gone;
    private boolean withheld;
    private boolean draining;
    private boolean left;
    private boolean whole;
    private long swallowed;
    private @Nullable Future<?> alarm;

    /**
     * @param headers gives the headers when the response begins
     */
    ClientResponse(
            ClientExchange client,
            UpstreamResponse response,
            Supplier<Headers> headers,
            ResponseDrainer responseDrainer,
            ObjectRecorder recorder,
            Lease lease) {
        this.client = client;
        this.response = response;
        this.headers = headers;
        this.responseDrainer = responseDrainer;
        this.recorder = recorder;
        this.kept = new HeldBytes(lease, Use.RESPONSE);
    }

    boolean isGone() {
        return gone;
    }

    /** True when the settings say to cancel a response whose client has left. */
    boolean isCancelled() {
        return gone && responseDrainer.cancels();
    }

    /**
     * True when the rest is not worth reading: the client has left, and no further drain is
     * allowed.
     */
    boolean isExhausted() {
        return gone && (!draining || swallowed > responseDrainer.mostBytes());
    }

    /** True when an id could not be recorded, so that the response ends before it. */
    boolean isWithheld() {
        return withheld;
    }

    /** Sends bytes of a stream at once. */
    void send(ByteBuffer bytes) {
        withheld |= !recorder.record(bytes);
        write(bytes);
    }

    /** Sends the last bytes of a stream at once. */
    void sendLast(ByteBuffer bytes) {
        withheld |= !recorder.recordAll(List.of(bytes));
        write(bytes);
    }

    private void write(ByteBuffer bytes) {
        if (gone || withheld) {
            swallowed += bytes.remaining();
            return;
        }
        try {
            begin();
            if (bytes.hasRemaining()) {
                client.write(bytes);
            }
        } catch (ClientGoneException e) {
            left();
        }
    }

    /**
     * Keeps bytes back until they exceed a window or {@link #finish} is called, so that the last
     * bytes never leave early. The window shrinks when memory is short.
     */
    void keep(ByteBuffer bytes, int window) {
        if (bytes.hasRemaining() && size() + bytes.remaining() > window) {
            sendKept();
        }
        int most = Math.max(window, ProxyHeaders.BUFFER_BYTES);
        if (bytes.remaining() > most) {
            int excess = bytes.remaining() - most;
            send(bytes.slice(bytes.position(), excess));
            bytes.position(bytes.position() + excess);
        }
        int from = bytes.arrayOffset() + bytes.position();
        if (last.length > 0 || !kept.add(bytes.array(), from, bytes.remaining())) {
            sendKept();
            last = Arrays.copyOfRange(bytes.array(), from, from + bytes.remaining());
        }
    }

    private int size() {
        return kept.size() + last.length;
    }

    private void sendKept() {
        takeKept().forEach(this::send);
        kept.drop();
    }

    private List<ByteBuffer> takeKept() {
        List<ByteBuffer> pieces = kept.view();
        if (last.length > 0) {
            pieces.add(ByteBuffer.wrap(last));
            last = new byte[0];
        }
        return pieces;
    }

    /** Drops bytes that must not be sent. The user still becomes the owner of the ids in them. */
    void withhold(ByteBuffer bytes) {
        withheld = true;
        recordKept();
        recorder.recordAll(List.of(bytes));
    }

    private void recordKept() {
        recorder.recordAll(takeKept());
        kept.drop();
    }

    /** Sends the bytes that were kept back, and ends the response. */
    void finish() {
        List<ByteBuffer> pieces = takeKept();
        withheld |= !recorder.recordAll(pieces);
        pieces.forEach(this::write);
        kept.drop();
        write(ByteBuffer.allocate(0));
        whole = true;
        if (!gone && !withheld) {
            try {
                client.finish();
            } catch (ClientGoneException e) {
                gone = true;
            }
        }
    }

    /** Ends an incomplete response: by an error, an error event, or a broken connection. */
    void breakOff(ResponseMode.Pace pace, Refusal why) {
        recordKept();
        if (gone) {
            return;
        }
        try {
            if (!begun) {
                client.refuse(why);
            } else if (pace == ResponseMode.Pace.EVENTS) {
                client.write(ByteBuffer.wrap(ERROR_EVENT.getBytes(StandardCharsets.UTF_8)));
                client.finish();
            } else {
                client.abort();
            }
        } catch (ClientGoneException e) {
            gone = true;
        }
    }

    @Override
    public void close() {
        if (alarm != null) {
            alarm.cancel(false);
        }
        if (left) {
            ResponseDrainer.End cut = draining ? ResponseDrainer.End.CUT : ResponseDrainer.End.LEFT;
            responseDrainer.ended(whole ? ResponseDrainer.End.READ : cut);
        }
        if (draining) {
            responseDrainer.leave();
        }
    }

    /** An error event. It begins with empty lines, which end an event that may be incomplete. */
    private static final String ERROR_EVENT =
            """


            data: {"error":{"message":"The response broke off before its end.",\
            "type":"server_error","param":null,"code":"upstream_broken"}}

            """;

    private void begin() {
        if (!begun) {
            client.begin(response.status(), headers.get());
            begun = true;
        }
    }

    private void left() {
        gone = true;
        left = true;
        draining = responseDrainer.enter();
        if (draining) {
            alarm = responseDrainer.whenOver(response::close);
        }
    }
}
