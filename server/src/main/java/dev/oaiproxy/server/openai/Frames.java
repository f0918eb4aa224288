package dev.oaiproxy.server.openai;

import dev.oaiproxy.server.upstream.Message;
import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.websocket.ClientWsFrame;
import io.helidon.websocket.WsCloseCodes;
import io.helidon.websocket.WsCloseException;
import io.helidon.websocket.WsOpCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A client's messages, out of and into frames; RFC 6455. */
final class Frames {
    private static final int NO_CODE = 1005;
    private static final int MOST_CONTROL_BYTES = 125;
    private static final int MOST_SHORT_BYTES = 0xffff;
    private static final int FINAL = 0x80;

    private final ConnectionContext context;

    Frames(ConnectionContext context) {
        this.context = context;
    }

    /** What may come instead of a message. */
    interface Pings {
        void pinged(byte[] content);
    }

    /**
     * Reads the next message.
     *
     * @throws WsCloseException when what came is not allowed
     * @throws RuntimeException of Helidon's when the client has left
     */
    Message read(Pings pings) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        WsOpCode kind = WsOpCode.CONTINUATION;
        while (true) {
            ClientWsFrame frame = ClientWsFrame.read(context, context.dataReader(), Message.MOST);
            byte[] content = content(frame);
            switch (frame.opCode()) {
                case PING -> pings.pinged(content);
                case PONG -> {}
                case CLOSE -> {
                    return closed(content);
                }
                case TEXT, BINARY, CONTINUATION -> {
                    boolean begins = frame.opCode() != WsOpCode.CONTINUATION;
                    require(begins == (kind == WsOpCode.CONTINUATION));
                    kind = begins ? frame.opCode() : kind;
                    add(message, content);
                    if (frame.fin()) {
                        return message(kind, message.toByteArray());
                    }
                }
            }
        }
    }

    private static void require(boolean inOrder) {
        if (!inOrder) {
            throw new WsCloseException("frames out of order", WsCloseCodes.PROTOCOL_ERROR);
        }
    }

    private static void add(ByteArrayOutputStream message, byte[] content) {
        if (message.size() + content.length > Message.MOST) {
            throw new WsCloseException("message too large", WsCloseCodes.TOO_BIG);
        }
        message.writeBytes(content);
    }

    private static byte[] content(ClientWsFrame frame) {
        BufferData data = frame.payloadData();
        byte[] bytes = new byte[data.available()];
        data.read(bytes);
        return bytes;
    }

    private static Message message(WsOpCode kind, byte[] content) {
        return kind == WsOpCode.TEXT
                ? new Message.Text(new String(content, StandardCharsets.UTF_8))
                : new Message.Binary(content);
    }

    private static Message closed(byte[] content) {
        if (content.length < 2) {
            return new Message.Closed(NO_CODE, "");
        }
        int code = Byte.toUnsignedInt(content[0]) << 8 | Byte.toUnsignedInt(content[1]);
        String reason = new String(content, 2, content.length - 2, StandardCharsets.UTF_8);
        return new Message.Closed(code, reason);
    }

    void write(Message message) {
        switch (message) {
            case Message.Text said ->
                    write(WsOpCode.TEXT, said.text().getBytes(StandardCharsets.UTF_8));
            case Message.Binary sent -> write(WsOpCode.BINARY, sent.bytes());
            case Message.Closed closed -> write(WsOpCode.CLOSE, content(closed));
        }
    }

    void pong(byte[] content) {
        write(WsOpCode.PONG, content);
    }

    private static byte[] content(Message.Closed closed) {
        if (closed.code() == NO_CODE) {
            return new byte[0];
        }
        byte[] reason = closed.reason().getBytes(StandardCharsets.UTF_8);
        byte[] content = new byte[Math.min(2 + reason.length, MOST_CONTROL_BYTES)];
        content[0] = (byte) (closed.code() >>> 8);
        content[1] = (byte) closed.code();
        System.arraycopy(reason, 0, content, 2, content.length - 2);
        return content;
    }

    private void write(WsOpCode code, byte[] content) {
        BufferData frame = BufferData.growing(content.length + 10);
        frame.write(FINAL | code.code());
        if (content.length <= MOST_CONTROL_BYTES) {
            frame.write(content.length);
        } else if (content.length <= MOST_SHORT_BYTES) {
            frame.write(MOST_CONTROL_BYTES + 1);
            frame.writeInt16(content.length);
        } else {
            frame.write(MOST_CONTROL_BYTES + 2);
            frame.write(new byte[4]);
            frame.writeInt32(content.length);
        }
        frame.write(content);
        context.dataWriter().writeNow(frame);
    }
}
