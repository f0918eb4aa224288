package dev.oaiproxy.metering.request.facts;

import org.jspecify.annotations.Nullable;

/** The billing rules of containers. */
public final class ContainerBillingRules {
    /**
     * The minutes of a session. Each started session is charged in full, because OpenAI does not
     * tell which ones it bills by the minute.
     */
    public static final long SESSION_MINUTES = 20;

    private ContainerBillingRules() {}

    /** The row of the price book for a memory size; null stands for OpenAI's default. */
    public static String row(@Nullable String memory) {
        return "tool:container:" + (memory == null ? "1g" : memory);
    }
}
