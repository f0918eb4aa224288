package dev.oaiproxy.metering.usage.object;

import dev.oaiproxy.metering.money.Unit;

/**
 * Which answer a usage object is of, as far as that decides how it is read.
 *
 * @param usageNames the names of its counts
 * @param restIn what the tokens of the input are whose modality is not stated
 * @param restOut what those of the output are
 * @param demand what it must state
 * @param longCache whether the request may have written to the cache for 12 hours, where the usage
 *     does not tell
 */
public record UsageSchema(
        UsageNames usageNames, Unit restIn, Unit restOut, Demand demand, boolean longCache) {
    public static final UsageSchema CHAT = text(UsageNames.CHAT, Demand.BOTH);
    public static final UsageSchema EMBEDDINGS = text(UsageNames.CHAT, Demand.INPUT);
    public static final UsageSchema RESPONSE = text(UsageNames.TOKENS, Demand.BOTH);
    public static final UsageSchema DECISION = text(UsageNames.TOKENS, Demand.INPUT_ALONE);

    /** Without details, tokens count as the dearer sort: pictures, not text. */
    public static final UsageSchema IMAGE = image(Demand.BOTH);

    static final UsageSchema IMAGE_TOOL = image(Demand.STATED);
    public static final UsageSchema SPEECH =
            new UsageSchema(UsageNames.TOKENS, Unit.INPUT, Unit.AUDIO_OUTPUT, Demand.BOTH, false);
    public static final UsageSchema TRANSCRIPT =
            new UsageSchema(UsageNames.TOKENS, Unit.AUDIO_INPUT, Unit.OUTPUT, Demand.BOTH, false);

    /** Without details, tokens count as the dearer sort: sound. */
    static final UsageSchema REALTIME =
            new UsageSchema(
                    UsageNames.TOKENS, Unit.AUDIO_INPUT, Unit.AUDIO_OUTPUT, Demand.STATED, false);

    /** The counts that a usage object must state to be believed. */
    public enum Demand {
        /** An input, which no request is free of, and an output, which may be zero. */
        BOTH,
        /** An input; there may be no word of an output. */
        INPUT,
        /** An input, which alone is billed, and at one rate. */
        INPUT_ALONE,
        /** An input and an output, of which either may be zero. */
        STATED
    }

    private static UsageSchema text(UsageNames usageNames, Demand demand) {
        return new UsageSchema(usageNames, Unit.INPUT, Unit.OUTPUT, demand, false);
    }

    private static UsageSchema image(Demand demand) {
        return new UsageSchema(
                UsageNames.TOKENS, Unit.IMAGE_INPUT, Unit.IMAGE_OUTPUT, demand, false);
    }

    public UsageSchema withLongCache(boolean longCacheWrite) {
        return new UsageSchema(usageNames, restIn, restOut, demand, longCacheWrite);
    }
}
