package dev.oaiproxy.proxy.relay.exchange;

import org.jspecify.annotations.Nullable;

/**
 * Carries a refusal to the client's end of a call or conversation. A refusal is an expected result,
 * so there is no stack trace.
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    public RefusedException(Refusal refusal) {
        super(refusal.getClass().getSimpleName(), null, false, false);
        this.refusal = refusal;
    }

    /**
     * Refuses what the operation does not take.
     *
     * @param param the wrong parameter, or null
     */
    public static RefusedException malformed(String message, @Nullable String param) {
        return new RefusedException(new Refusal.Malformed(message, param));
    }

    public Refusal refusal() {
        return refusal;
    }
}
