package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.HeldBytes;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.proxy.connection.ClientConnection;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.ConnectionContext;
import io.helidon.websocket.WsCloseCodes;
import io.helidon.websocket.WsCloseException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's messages from frames; RFC 6455, section 5. Memory grows with the bytes that
 * come, never with the length that a frame announces, and holds one message only.
 */
final class FrameReader {
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /** The close code of a server without memory: try again later. */
    static final int TRY_AGAIN_LATER = 1013;

    static final int NO_CODE = 1005;
    static final int MOST_CONTROL_BYTES = 125;
    private static final int CONTINUATION = 0;
    private static final int FINAL = 0x80;
    private static final int RESERVED = 0x70;
    private static final int OPCODE = 0x0f;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7f;
    private static final int SHORT_LENGTH = 126;
    private static final int MASK_BYTES = 4;
    private static final int MOST_AT_ONCE = 16 << 10;

    private final DataReader in;
    private final Optional<ClientConnection> connection = ClientConnection.current();
    private final Lease lease;
    private final byte[] mask = new byte[MASK_BYTES];

    /** Memory of the message that was returned last. */
    private long given;

    private int kind = CONTINUATION;
    private HeldBytes message;
    private Utf8Check text = new Utf8Check();

    /**
     * @param lease the memory for messages; the memory of a message is given back when the next one
     *     is read
     */
    FrameReader(ConnectionContext context, Lease lease) {
        this.in = context.dataReader();
        this.lease = lease;
        this.message = new HeldBytes(lease, Use.SOCKET_MESSAGE);
    }

    /** The start of a frame. */
    private record Header(boolean last, int opcode, long length) {
        boolean isControl() {
            return opcode >= CLOSE;
        }
    }

    /**
     * Reads the next message.
     *
     * @param pings takes the content of pings that come before the message
     * @throws WsCloseException when the bytes break the protocol or the message does not fit
     * @throws RuntimeException of Helidon when the client has left
     */
    WebSocketMessage read(Consumer<byte[]> pings) {
        lease.give(given);
        given = 0;
        WebSocketMessage whole = null;
        while (whole == null) {
            in.ensureAvailable();
            whole = begun(pings);
        }
        return whole;
    }

    /** Reads a message or a control frame whose first byte has come; null for a control frame. */
    private @Nullable WebSocketMessage begun(Consumer<byte[]> pings) {
        connection.ifPresent(ClientConnection::awaitMessage);
        WebSocketMessage whole = frame(pings);
        while (whole == null && kind != CONTINUATION) {
            whole = frame(pings);
        }
        connection.ifPresent(ClientConnection::messageCame);
        return whole;
    }

    private @Nullable WebSocketMessage frame(Consumer<byte[]> pings) {
        Header header = header();
        if (header.isControl()) {
            byte[] content = bytes((int) header.length());
            unmask(content, 0);
            return control(header.opcode(), content, pings);
        }
        require(
                (header.opcode() == CONTINUATION) != (kind == CONTINUATION),
                "a continuation frame is out of order");
        kind = header.opcode() == CONTINUATION ? kind : header.opcode();
        content(header.length());
        return header.last() ? ended() : null;
    }

    /** Reads a number of bytes. Helidon would wait for a byte even when the number is zero. */
    private byte[] bytes(int count) {
        return count == 0 ? new byte[0] : in.readBytes(count);
    }

    private static @Nullable WebSocketMessage control(
            int opcode, byte[] content, Consumer<byte[]> pings) {
        if (opcode == PING) {
            pings.accept(content);
        }
        return opcode == CLOSE ? CloseFrame.read(content) : null;
    }

    private Header header() {
        int first = in.read() & 0xff;
        int second = in.read() & 0xff;
        int opcode = first & OPCODE;
        require((first & RESERVED) == 0, "reserved bits are set");
        require(opcode <= BINARY || (opcode >= CLOSE && opcode <= PONG), "unknown opcode");
        require((second & MASKED) != 0, "the frame is not masked");
        boolean last = (first & FINAL) != 0;
        int announced = second & LENGTH;
        boolean small = last && announced <= MOST_CONTROL_BYTES;
        require(opcode < CLOSE || small, "a control frame is fragmented or too long");
        long length = length(announced);
        for (int i = 0; i < MASK_BYTES; i++) {
            mask[i] = in.read();
        }
        return new Header(last, opcode, length);
    }

    private long length(int announced) {
        if (announced < SHORT_LENGTH) {
            return announced;
        }
        long length = 0;
        for (int i = announced == SHORT_LENGTH ? 2 : 8; i > 0; i--) {
            length = length << 8 | (in.read() & 0xff);
        }
        if (length < 0 || length > WebSocketMessage.MOST) {
            throw tooLarge();
        }
        return length;
    }

    private void content(long length) {
        if (message.size() + length > WebSocketMessage.MOST) {
            throw tooLarge();
        }
        int done = 0;
        while (done < length) {
            in.ensureAvailable();
            int part = (int) Math.min(Math.min(in.available(), MOST_AT_ONCE), length - done);
            byte[] bytes = in.readBytes(part);
            unmask(bytes, done);
            add(bytes);
            done += part;
        }
    }

    private void add(byte[] bytes) {
        if (kind == TEXT && !text.take(bytes, 0, bytes.length)) {
            throw notText();
        }
        if (!message.add(bytes, 0, bytes.length)) {
            throw noRoom();
        }
    }

    private void unmask(byte[] bytes, int offset) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= mask[(offset + i) % MASK_BYTES];
        }
    }

    private WebSocketMessage ended() {
        byte[] whole = message.take();
        if (whole == null) {
            throw noRoom();
        }
        boolean said = kind == TEXT;
        Utf8Check check = text;
        kind = CONTINUATION;
        text = new Utf8Check();
        given = whole.length;
        return said ? text(whole, check) : new WebSocketMessage.Binary(whole);
    }

    private WebSocketMessage text(byte[] whole, Utf8Check check) {
        if (!check.isWhole()) {
            throw notText();
        }
        // A text with other characters than ASCII may take two bytes of memory for a character.
        long size = (check.isAscii() ? 1L : 2L) * whole.length;
        if (!lease.take(Use.SOCKET_MESSAGE, size)) {
            throw noRoom();
        }
        WebSocketMessage said =
                new WebSocketMessage.Text(new String(whole, StandardCharsets.UTF_8));
        lease.give(whole.length);
        given = size;
        return said;
    }

    /** Drops the unfinished message. */
    void drop() {
        message.drop();
    }

    /**
     * Skips bytes that still come, so that a close frame reaches a client that is still sending.
     */
    void skip(long most) {
        for (long skipped = 0; skipped < most; ) {
            in.ensureAvailable();
            int part = in.available();
            in.skip(part);
            skipped += part;
        }
    }

    private static void require(boolean allowed, String otherwise) {
        if (!allowed) {
            throw new WsCloseException(
                    "Protocol error: " + otherwise + ".", WsCloseCodes.PROTOCOL_ERROR);
        }
    }

    private static WsCloseException tooLarge() {
        return new WsCloseException("The message is too large.", WsCloseCodes.TOO_BIG);
    }

    private static WsCloseException notText() {
        return new WsCloseException("A text message must be UTF-8.", WsCloseCodes.NOT_CONSISTENT);
    }

    private static WsCloseException noRoom() {
        return new WsCloseException(NoRoomException.MESSAGE, TRY_AGAIN_LATER);
    }
}
