package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.MaxUsage;
import dev.oaiproxy.metering.price.Pricer;
import dev.oaiproxy.metering.price.book.ServiceTier;
import dev.oaiproxy.metering.request.facts.RequestFacts;

/**
 * Limits for requests that set none themselves.
 *
 * @param toolCalls the maximum number of hosted tool calls
 * @param tier the service tier
 */
public record RequestDefaults(int toolCalls, UnsetTier tier) {
    private static final String STANDARD = "default";

    /** The treatment of a request that names no service tier. */
    public enum UnsetTier {
        /**
         * The request is sent with the standard tier, so that the hold need not cover a premium
         * one.
         */
        STANDARD,
        /** OpenAI applies the project's own setting; the hold covers the most expensive tier. */
        INHERIT
    }

    /** Limits hosted tool calls, which OpenAI does not limit unless the request does. */
    RequestFacts limited(RequestFacts facts) {
        boolean open = facts.tools().isHosted() && facts.tools().calls() == null;
        return open ? facts.withToolCalls(toolCalls) : facts;
    }

    /** Names the standard tier where the model has a premium one. */
    MaxUsage tiered(Meter meter, MaxUsage maxUsage) {
        boolean open =
                tier == UnsetTier.STANDARD
                        && meter.takesServiceTier()
                        && maxUsage.facts().serviceTier() == null
                        && ServiceTier.premium()
                                .anyMatch(it -> Pricer.offers(maxUsage.price(), it.label()));
        return open ? maxUsage.with(maxUsage.facts().withServiceTier(STANDARD)) : maxUsage;
    }
}
