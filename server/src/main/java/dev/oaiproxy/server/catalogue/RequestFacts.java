package dev.oaiproxy.server.catalogue;

import org.jspecify.annotations.Nullable;

/**
 * What a request says that bears on its cost.
 *
 * @param model the model it asks for
 * @param stream whether it asks for a stream
 * @param usageWanted whether it asks by itself for the usage chunk of a stream
 * @param bodyBytes the size of the body, which bounds the text tokens of the input
 * @param boundedInput false when the body names images, files or the like, whose tokens its size
 *     does not bound
 * @param maxOutputTokens the limit that it sets on the output of one choice, or null
 * @param choices how many outputs it asks for ({@code n}), at least 1
 * @param serviceTier the tier that it asks for, or null
 * @param longCacheWrite whether it may write to the cache for 12 hours
 * @param webSearch whether it asks for searches of the web, which only search models have a price
 *     for
 */
public record RequestFacts(
        String model,
        boolean stream,
        boolean usageWanted,
        long bodyBytes,
        boolean boundedInput,
        @Nullable Long maxOutputTokens,
        int choices,
        @Nullable String serviceTier,
        boolean longCacheWrite,
        boolean webSearch) {
    /** The same request with another limit on its output. */
    public RequestFacts withMaxOutputTokens(long tokens) {
        return new RequestFacts(
                model,
                stream,
                usageWanted,
                bodyBytes,
                boundedInput,
                tokens,
                choices,
                serviceTier,
                longCacheWrite,
                webSearch);
    }

    /** The same request with a closer bound of the tokens of its input. */
    public RequestFacts withInputBound(long tokens) {
        return new RequestFacts(
                model,
                stream,
                usageWanted,
                tokens,
                boundedInput,
                maxOutputTokens,
                choices,
                serviceTier,
                longCacheWrite,
                webSearch);
    }
}
