package dev.oaiproxy.metering.request.facts;

import org.jspecify.annotations.Nullable;

/** The billing rules of containers. */
public final class ContainerBillingRules {
    /**
     * Each session that has begun is charged whole: which ones are billed by the minute is not
     * told.
     */
    public static final long SESSION_MINUTES = 20;

    private ContainerBillingRules() {}

    /** The row of the price book for a size of memory; null for OpenAI's default. */
    public static String row(@Nullable String memory) {
        return "tool:container:" + (memory == null ? "1g" : memory);
    }
}
