package dev.oaiproxy.metering.usage;

/**
 * Which answer a usage object is of, as far as that decides how it is read.
 *
 * @param names how it names its counts
 * @param restIn what the tokens of the input are whose modality is not stated
 * @param restOut what those of the output are
 * @param demand what it must state
 * @param longCache whether the request may have written to the cache for 12 hours, where the usage
 *     does not tell
 */
record Shape(Names names, Unit restIn, Unit restOut, Demand demand, boolean longCache) {
    static final Shape CHAT = text(Names.CHAT, Demand.BOTH);
    static final Shape EMBEDDINGS = text(Names.CHAT, Demand.INPUT);
    static final Shape RESPONSE = text(Names.TOKENS, Demand.BOTH);
    static final Shape DECISION = text(Names.TOKENS, Demand.INPUT_ALONE);

    /** Where the details are left out, tokens count as the dearer sort: pictures, not text. */
    static final Shape IMAGE = image(Demand.BOTH);

    static final Shape IMAGE_TOOL = image(Demand.STATED);
    static final Shape SPEECH =
            new Shape(Names.TOKENS, Unit.INPUT, Unit.AUDIO_OUTPUT, Demand.BOTH, false);
    static final Shape TRANSCRIPT =
            new Shape(Names.TOKENS, Unit.AUDIO_INPUT, Unit.OUTPUT, Demand.BOTH, false);

    /** Here, too, what is not split counts as the dearer sort: sound. */
    static final Shape REALTIME =
            new Shape(Names.TOKENS, Unit.AUDIO_INPUT, Unit.AUDIO_OUTPUT, Demand.STATED, false);

    /** What a usage object must state to be believed. */
    enum Demand {
        /** An input, which no request is free of, and an output, which may be zero. */
        BOTH,
        /** An input; there may be no word of an output. */
        INPUT,
        /** An input, which alone is billed, and at one rate. */
        INPUT_ALONE,
        /** An input and an output, of which either may be zero. */
        STATED
    }

    private static Shape text(Names names, Demand demand) {
        return new Shape(names, Unit.INPUT, Unit.OUTPUT, demand, false);
    }

    private static Shape image(Demand demand) {
        return new Shape(Names.TOKENS, Unit.IMAGE_INPUT, Unit.IMAGE_OUTPUT, demand, false);
    }

    Shape withLongCache(boolean longCacheWrite) {
        return new Shape(names, restIn, restOut, demand, longCacheWrite);
    }
}
