package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import io.helidon.websocket.WsCloseCodes;
import io.helidon.websocket.WsCloseException;
import java.nio.charset.StandardCharsets;

/** The content of a close frame: a code and a reason, or nothing; RFC 6455, section 5.5.1. */
final class CloseFrame {
    private static final int LOWEST_CODE = 1000;
    private static final int HIGHEST_CODE = 4999;
    private static final int FIRST_OWN_CODE = 3000;
    private static final int HIGHEST_KNOWN_CODE = 1014;
    private static final int RESERVED_CODE = 1004;
    private static final int BROKEN_CODE = 1006;
    private static final int MOST_REASON_BYTES = FrameReader.MOST_CONTROL_BYTES - 2;

    private CloseFrame() {}

    /**
     * Reads a client's close frame.
     *
     * @throws WsCloseException when it is not allowed
     */
    static WebSocketMessage.Closed read(byte[] content) {
        if (content.length == 0) {
            return new WebSocketMessage.Closed(FrameReader.NO_CODE, "");
        }
        if (content.length == 1) {
            throw wrong("incomplete close code");
        }
        int code = Byte.toUnsignedInt(content[0]) << 8 | Byte.toUnsignedInt(content[1]);
        if (!isSendable(code)) {
            throw wrong("invalid close code");
        }
        Utf8Check reason = new Utf8Check();
        reason.take(content, 2, content.length);
        if (!reason.isWhole()) {
            throw new WsCloseException(
                    "A close reason must be UTF-8.", WsCloseCodes.NOT_CONSISTENT);
        }
        return new WebSocketMessage.Closed(
                code, new String(content, 2, content.length - 2, StandardCharsets.UTF_8));
    }

    /** The content of our close frame. A code that may not be sent is replaced. */
    static byte[] content(WebSocketMessage.Closed closed) {
        if (closed.code() == FrameReader.NO_CODE) {
            return new byte[0];
        }
        int code = isSendable(closed.code()) ? closed.code() : WsCloseCodes.UNEXPECTED_CONDITION;
        byte[] reason = closed.reason().getBytes(StandardCharsets.UTF_8);
        int length = Math.min(reason.length, MOST_REASON_BYTES);
        // The cut must not split a character.
        while (length < reason.length && length > 0 && (reason[length] & 0xc0) == 0x80) {
            length--;
        }
        byte[] content = new byte[2 + length];
        content[0] = (byte) (code >>> 8);
        content[1] = (byte) code;
        System.arraycopy(reason, 0, content, 2, length);
        return content;
    }

    /** True for the codes of RFC 6455, section 7.4, and of the registry that it opens. */
    private static boolean isSendable(int code) {
        boolean known =
                code >= LOWEST_CODE
                        && code <= HIGHEST_KNOWN_CODE
                        && (code < RESERVED_CODE || code > BROKEN_CODE);
        return known || (code >= FIRST_OWN_CODE && code <= HIGHEST_CODE);
    }

    private static WsCloseException wrong(String what) {
        return new WsCloseException("Protocol error: " + what + ".", WsCloseCodes.PROTOCOL_ERROR);
    }
}
