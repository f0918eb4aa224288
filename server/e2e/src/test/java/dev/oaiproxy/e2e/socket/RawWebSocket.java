package dev.oaiproxy.e2e.socket;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A client's WebSocket that sends any frames; RFC 6455. */
final class RawWebSocket implements AutoCloseable {
    static final int FINAL = 0x80;
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int MASKED = 0x80;
    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final DataInputStream in;

    /** It exists for one test and is never compared. */
    @SuppressWarnings("ArrayRecordComponent") // Of a test, and never compared.
    record Frame(int opcode, byte[] content) {
        int closeCode() {
            return content.length < 2 ? 0 : (content[0] & 0xff) << 8 | (content[1] & 0xff);
        }

        String text() {
            return new String(content, StandardCharsets.UTF_8);
        }
    }

    RawWebSocket(URI address, String key) {
        try {
            socket = new Socket(address.getHost(), address.getPort());
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(socket.getInputStream());
            write(head(address, key).replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            String answer = answerHead();
            if (!answer.startsWith("HTTP/1.1 101 ")) {
                throw new AssertionError(answer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String head(URI address, String key) {
        return """
        GET %s HTTP/1.1
        Host: localhost
        Authorization: Bearer %s
        Connection: Upgrade
        Upgrade: websocket
        Sec-WebSocket-Version: 13
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

        """
                .formatted(address.getPath(), key);
    }

    private String answerHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    /** Sends bytes unchanged; false if the server has closed the connection. */
    boolean write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    /** Sends a masked frame. */
    boolean frame(int first, byte[] content) {
        boolean headed = start(first, content.length);
        return headed && write(content);
    }

    boolean text(int first, String content) {
        return frame(first, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends the head of a frame with a mask of zeros. */
    boolean start(int first, long length) {
        byte[] head = new byte[14];
        head[0] = (byte) first;
        if (length < 126) {
            head[1] = (byte) (MASKED | length);
            return write(java.util.Arrays.copyOf(head, 6));
        }
        head[1] = (byte) (MASKED | 127);
        for (int i = 0; i < 8; i++) {
            head[2 + i] = (byte) (length >>> (56 - 8 * i));
        }
        return write(head);
    }

    /** The next frame; empty if the connection has ended. */
    Optional<Frame> next() {
        try {
            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = (int) in.readLong();
            }
            byte[] content = new byte[length];
            in.readFully(content);
            return Optional.of(new Frame(first & 0x0f, content));
        } catch (EOFException | SocketException ended) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
