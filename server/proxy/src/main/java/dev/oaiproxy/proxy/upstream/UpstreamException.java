package dev.oaiproxy.proxy.upstream;

import java.io.IOException;
import java.net.SocketTimeoutException;

/** OpenAI sent no response, or not a whole one. */
public final class UpstreamException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The meaning of a failure for the charge. */
    public enum SendState {
        /** OpenAI has not received the whole request, so it cannot have charged. */
        NOT_SENT,
        /** OpenAI may have worked on the request, so it may have charged. */
        UNKNOWN
    }

    private final SendState sendState;

    public UpstreamException(SendState sendState, String message, IOException cause) {
        super(message, cause);
        this.sendState = sendState;
    }

    public SendState sendState() {
        return sendState;
    }

    /** True when OpenAI was silent for too long, false when the connection failed. */
    public boolean isTimeout() {
        return getCause() instanceof SocketTimeoutException;
    }
}
