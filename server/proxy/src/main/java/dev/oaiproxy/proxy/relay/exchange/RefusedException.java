package dev.oaiproxy.proxy.relay.exchange;

import dev.oaiproxy.ledger.key.Caller;
import dev.oaiproxy.ledger.key.Key;
import org.jspecify.annotations.Nullable;

/**
 * Carries a refusal to the client's end of a call or session. A refusal is an expected result, so
 * there is no stack trace.
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    public RefusedException(Refusal refusal) {
        super(refusal.getClass().getSimpleName(), null, false, false);
        this.refusal = refusal;
    }

    /**
     * A refusal of a request that the operation does not accept.
     *
     * @param param the wrong parameter, or null
     */
    public static RefusedException malformed(String message, @Nullable String param) {
        return new RefusedException(new Refusal.Malformed(message, param));
    }

    /**
     * The key of a caller.
     *
     * @param presented the key as presented, or null
     * @throws RefusedException when it is not valid
     */
    public static Key requireKey(Caller caller, @Nullable String presented) {
        return switch (caller) {
            case Caller.Known known -> known.key();
            case Caller.Unknown _ ->
                    throw new RefusedException(new Refusal.UnknownKey(presented != null));
            case Caller.Revoked revoked ->
                    throw new RefusedException(new Refusal.RevokedKey(revoked.id()));
            case Caller.Expired expired ->
                    throw new RefusedException(new Refusal.ExpiredKey(expired.id()));
        };
    }

    public Refusal refusal() {
        return refusal;
    }
}
