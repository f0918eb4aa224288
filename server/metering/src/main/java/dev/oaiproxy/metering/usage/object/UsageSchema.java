package dev.oaiproxy.metering.usage.object;

import dev.oaiproxy.metering.money.Unit;

/**
 * The form of a usage object, as far as it decides the reading.
 *
 * @param usageNames the names of its counts
 * @param restIn the unit of input tokens without a stated modality
 * @param restOut the unit of output tokens without a stated modality
 * @param demand the counts that it must state
 * @param longCache true if the request may have written to the cache for 12 hours and the usage
 *     does not tell
 */
public record UsageSchema(
        UsageNames usageNames, Unit restIn, Unit restOut, Demand demand, boolean longCache) {
    public static final UsageSchema CHAT = text(UsageNames.CHAT, Demand.BOTH);
    public static final UsageSchema EMBEDDINGS = text(UsageNames.CHAT, Demand.INPUT);
    public static final UsageSchema RESPONSE = text(UsageNames.TOKENS, Demand.BOTH);
    public static final UsageSchema DECISION = text(UsageNames.TOKENS, Demand.INPUT_ALONE);

    /** Usage of images. Tokens without details count as the dearer kind: pictures, not text. */
    public static final UsageSchema IMAGE = image(Demand.BOTH);

    static final UsageSchema IMAGE_TOOL = image(Demand.STATED);
    public static final UsageSchema SPEECH =
            new UsageSchema(UsageNames.TOKENS, Unit.INPUT, Unit.AUDIO_OUTPUT, Demand.BOTH);
    public static final UsageSchema TRANSCRIPT =
            new UsageSchema(UsageNames.TOKENS, Unit.AUDIO_INPUT, Unit.OUTPUT, Demand.BOTH);

    /** Usage of realtime responses. Tokens without details count as the dearer kind: sound. */
    static final UsageSchema REALTIME =
            new UsageSchema(UsageNames.TOKENS, Unit.AUDIO_INPUT, Unit.AUDIO_OUTPUT, Demand.STATED);

    /** The counts that a usage object must state to be believed. */
    public enum Demand {
        /**
         * A positive input, because no request is without one, and an output, which may be zero.
         */
        BOTH,
        /** A positive input. An output is optional. */
        INPUT,
        /** A positive input, which alone is billed, at a single rate. */
        INPUT_ALONE,
        /** An input and an output. Either may be zero. */
        STATED
    }

    private UsageSchema(UsageNames usageNames, Unit restIn, Unit restOut, Demand demand) {
        this(usageNames, restIn, restOut, demand, false);
    }

    private static UsageSchema text(UsageNames usageNames, Demand demand) {
        return new UsageSchema(usageNames, Unit.INPUT, Unit.OUTPUT, demand);
    }

    private static UsageSchema image(Demand demand) {
        return new UsageSchema(UsageNames.TOKENS, Unit.IMAGE_INPUT, Unit.IMAGE_OUTPUT, demand);
    }

    public UsageSchema withLongCache() {
        return new UsageSchema(usageNames, restIn, restOut, demand, true);
    }
}
