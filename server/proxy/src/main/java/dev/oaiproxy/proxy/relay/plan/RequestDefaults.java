package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.MaxUsage;
import dev.oaiproxy.metering.price.Pricer;
import dev.oaiproxy.metering.price.book.ServiceTier;
import dev.oaiproxy.metering.request.facts.RequestFacts;

/**
 * What a request gets that says nothing about what it may cost.
 *
 * @param toolCalls how often OpenAI may call hosted tools
 * @param tier the service tier
 */
public record RequestDefaults(int toolCalls, UnsetTier tier) {
    private static final String STANDARD = "default";

    /** What becomes of a request that names no service tier. */
    public enum UnsetTier {
        /** It is sent with the standard one, so that nothing dearer need be held. */
        STANDARD,
        /** It is left to the project's own setting at OpenAI, and held at the dearest of these. */
        INHERIT
    }

    /** Tools are called as often as OpenAI likes, unless the request says how often they may be. */
    RequestFacts limited(RequestFacts facts) {
        boolean open = facts.tools().isHosted() && facts.tools().calls() == null;
        return open ? facts.withToolCalls(toolCalls) : facts;
    }

    /** A tier is named only where OpenAI takes one, and sells a dearer one of the model. */
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
