package dev.oaiproxy.proxy.upstream;

import java.io.IOException;
import java.net.SocketTimeoutException;

/** OpenAI gave no answer, or not the whole of one. */
public final class UpstreamException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What a failure means for money. */
    public enum Kind {
        /** No whole request reached OpenAI, so nothing can have been charged. */
        NOT_SENT,
        /** The request may have been worked on, so it may have been charged. */
        UNKNOWN
    }

    private final Kind kind;

    public UpstreamException(Kind kind, String message, IOException cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** True when OpenAI was silent for too long, false when the connection failed. */
    public boolean isTimeout() {
        return getCause() instanceof SocketTimeoutException;
    }
}
