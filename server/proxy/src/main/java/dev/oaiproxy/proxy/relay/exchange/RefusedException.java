package dev.oaiproxy.proxy.relay.exchange;

/**
 * Carries a refusal out of the planning of a request, and nowhere else. A refusal is an expected
 * result, so there is no stack trace.
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    public RefusedException(Refusal refusal) {
        super(refusal.getClass().getSimpleName(), null, false, false);
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
