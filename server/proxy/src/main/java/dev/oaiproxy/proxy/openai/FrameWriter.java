package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes messages to a client, each as one frame that leaves in pieces; RFC 6455, section 5. */
record FrameWriter(DataWriter out) {
    private static final int FINAL = 0x80;
    private static final int MOST_SHORT_BYTES = 0xffff;
    private static final int SHORT_LENGTH = 126;
    private static final int LONG_LENGTH = 127;
    private static final int LARGEST_HEADER = 10;

    /** The size of a piece. A larger one would hold a long message twice. */
    private static final int PIECE = 16 << 10;

    void write(WebSocketMessage message) {
        switch (message) {
            case WebSocketMessage.Text said -> text(said.text());
            case WebSocketMessage.Binary sent -> binary(sent.bytes());
            case WebSocketMessage.Closed closed ->
                    control(FrameReader.CLOSE, CloseFrame.content(closed));
        }
    }

    void pong(byte[] content) {
        control(FrameReader.PONG, content);
    }

    private void control(int opcode, byte[] content) {
        send(header(opcode, content.length), content);
    }

    private void binary(byte[] bytes) {
        BufferData first = header(FrameReader.BINARY, bytes.length);
        int at = Math.min(bytes.length, PIECE);
        send(first, Arrays.copyOf(bytes, at));
        for (; at < bytes.length; at += PIECE) {
            int to = Math.min(bytes.length, at + PIECE);
            out.writeNow(BufferData.create(Arrays.copyOfRange(bytes, at, to)));
        }
    }

    private void text(String text) {
        int to = end(text, 0);
        send(header(FrameReader.TEXT, length(text)), bytes(text, 0, to));
        while (to < text.length()) {
            int from = to;
            to = end(text, from);
            out.writeNow(BufferData.create(bytes(text, from, to)));
        }
    }

    /** The end of a piece, which never splits a surrogate pair. */
    private static int end(String text, int from) {
        int to = Math.min(text.length(), from + PIECE);
        boolean halved = to < text.length() && Character.isHighSurrogate(text.charAt(to - 1));
        return halved ? to - 1 : to;
    }

    private static byte[] bytes(String text, int from, int to) {
        return text.substring(from, to).getBytes(StandardCharsets.UTF_8);
    }

    private static long length(String text) {
        long length = 0;
        for (int from = 0; from < text.length(); ) {
            int to = end(text, from);
            length += bytes(text, from, to).length;
            from = to;
        }
        return length;
    }

    private void send(BufferData header, byte[] content) {
        out.writeNow(BufferData.create(header, BufferData.create(content)));
    }

    private static BufferData header(int opcode, long length) {
        BufferData header = BufferData.growing(LARGEST_HEADER);
        header.write(FINAL | opcode);
        if (length < SHORT_LENGTH) {
            header.write((int) length);
        } else if (length <= MOST_SHORT_BYTES) {
            header.write(SHORT_LENGTH);
            header.writeInt16((int) length);
        } else {
            header.write(LONG_LENGTH);
            header.write(new byte[4]);
            header.writeInt32((int) length);
        }
        return header;
    }
}
