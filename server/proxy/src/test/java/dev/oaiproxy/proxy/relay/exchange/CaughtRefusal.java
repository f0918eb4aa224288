package dev.oaiproxy.proxy.relay.exchange;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Catches the refusal that a call throws. */
public final class CaughtRefusal {
    private CaughtRefusal() {}

    public static Refusal refusal(ThrowingCallable call) {
        return catchThrowableOfType(RefusedException.class, call).refusal();
    }
}
