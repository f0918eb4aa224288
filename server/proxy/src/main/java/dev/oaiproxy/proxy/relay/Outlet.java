package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.HeldBytes;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of an answer, which may go away: then everything is swallowed, within bounds, so
 * that the answer can be read to its usage.
 */
final class Outlet implements AutoCloseable {
    /** A whole answer up to this size is kept back, so that its headers can tell its cost. */
    static final int WINDOW_BYTES = 256 << 10;

    private final Client client;
    private final Drains drains;
    private final Claim claim;
    private final HeldBytes kept;

    /** The newest piece, where even that did not fit; it is no larger than what is read at once. */
    private byte[] last = {};

    private boolean begun;
    private boolean gone;
    private boolean withheld;
    private boolean draining;
    private boolean left;
    private boolean whole;
    private long swallowed;
    private @Nullable Future<?> alarm;

    Outlet(Client client, Drains drains, Claim claim, Lease lease) {
        this.client = client;
        this.drains = drains;
        this.claim = claim;
        this.kept = new HeldBytes(lease, Use.RESPONSE);
    }

    boolean isGone() {
        return gone;
    }

    /** Whether the answer was given up at once, as the settings say, and not for its size. */
    boolean isCancelled() {
        return gone && drains.cancels();
    }

    /** Whether there is no sense in reading on: the client has left and no drain is allowed. */
    boolean isExhausted() {
        return gone && (!draining || swallowed > drains.mostBytes());
    }

    /** Whether the answer holds an id that could not be written down, and ends before it. */
    boolean isWithheld() {
        return withheld;
    }

    /** Sends bytes of a stream at once. */
    void send(Answer answer, ByteBuffer bytes, Supplier<Headers> headers) {
        withheld |= !claim.record(bytes);
        write(answer, bytes, headers);
    }

    /** The same for those after which the answer has ended. */
    void sendLast(Answer answer, ByteBuffer bytes, Supplier<Headers> headers) {
        withheld |= !claim.recordAll(List.of(bytes));
        write(answer, bytes, headers);
    }

    private void write(Answer answer, ByteBuffer bytes, Supplier<Headers> headers) {
        if (gone || withheld) {
            swallowed += bytes.remaining();
            return;
        }
        try {
            begin(answer, headers);
            if (bytes.hasRemaining()) {
                client.write(bytes);
            }
        } catch (ClientGoneException e) {
            left(answer);
        }
    }

    /**
     * Keeps bytes back until more have come than a window holds, or {@link #finish}, so the last
     * ones never leave early. Where memory is short, the window is.
     */
    void keep(Answer answer, ByteBuffer bytes, Supplier<Headers> headers, int window) {
        if (bytes.hasRemaining() && size() + bytes.remaining() > window) {
            sendKept(answer, headers);
        }
        int most = Math.max(window, Passage.BUFFER_BYTES);
        if (bytes.remaining() > most) {
            int excess = bytes.remaining() - most;
            send(answer, bytes.slice(bytes.position(), excess), headers);
            bytes.position(bytes.position() + excess);
        }
        byte[] more = new byte[bytes.remaining()];
        bytes.get(more);
        if (last.length > 0 || !kept.add(more, 0, more.length)) {
            sendKept(answer, headers);
            last = more;
        }
    }

    private int size() {
        return kept.size() + last.length;
    }

    private void sendKept(Answer answer, Supplier<Headers> headers) {
        takeKept().forEach(piece -> send(answer, piece, headers));
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

    /** Keeps back for good what must not be sent; what it would have handed out is its user's. */
    void withhold(ByteBuffer bytes) {
        withheld = true;
        recordKept();
        claim.recordAll(List.of(bytes));
    }

    private void recordKept() {
        claim.recordAll(takeKept());
        kept.drop();
    }

    /** Sends what was kept back, and the end. */
    void finish(Answer answer, Supplier<Headers> headers) {
        List<ByteBuffer> pieces = takeKept();
        withheld |= !claim.recordAll(pieces);
        pieces.forEach(piece -> write(answer, piece, headers));
        kept.drop();
        write(answer, ByteBuffer.allocate(0), headers);
        whole = true;
        if (!gone && !withheld) {
            try {
                client.finish();
            } catch (ClientGoneException e) {
                gone = true;
            }
        }
    }

    /** Ends an answer that is not whole: by an error, an error event, or a broken connection. */
    void breakOff(boolean stream, Refusal why) {
        recordKept();
        if (gone) {
            return;
        }
        try {
            if (!begun) {
                client.refuse(why);
            } else if (stream) {
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
            Drains.End cut = draining ? Drains.End.CUT : Drains.End.LEFT;
            drains.ended(whole ? Drains.End.READ : cut);
        }
        if (draining) {
            drains.leave();
        }
    }

    /** Begins with the end of the event that may have been broken off. */
    private static final String ERROR_EVENT =
            """


            data: {"error":{"message":"The answer broke off before its end.",\
            "type":"server_error","param":null,"code":"upstream_broken"}}

            """;

    private void begin(Answer answer, Supplier<Headers> headers) {
        if (!begun) {
            client.begin(answer.status(), headers.get());
            begun = true;
        }
    }

    private void left(Answer answer) {
        gone = true;
        left = true;
        draining = drains.enter();
        if (draining) {
            alarm = drains.whenOver(answer::close);
        }
    }
}
