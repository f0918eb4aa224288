package dev.oaiproxy.metering.money;

import java.util.Locale;

/**
 * A thing that OpenAI counts and bills. The units of one call are disjoint: no token is in two.
 *
 * <p>The lower-case names are the ones that the price book, the ledger and the admin API use.
 */
public enum Unit {
    /** Text tokens of the input that are neither read from the cache nor written to it. */
    INPUT(Side.INPUT),
    /** Text tokens read from the prompt cache. */
    CACHED_INPUT(Side.INPUT),
    /** Tokens written to the prompt cache for 30 minutes. */
    CACHE_WRITE(Side.INPUT),
    /** Tokens written to the prompt cache for 12 hours. */
    CACHE_WRITE_12H(Side.INPUT),
    AUDIO_INPUT(Side.INPUT),
    AUDIO_CACHED_INPUT(Side.INPUT),
    IMAGE_INPUT(Side.INPUT),
    IMAGE_CACHED_INPUT(Side.INPUT),
    /** Text tokens of the output, including reasoning and rejected predictions. */
    OUTPUT(Side.OUTPUT),
    AUDIO_OUTPUT(Side.OUTPUT),
    IMAGE_OUTPUT(Side.OUTPUT),
    /** Seconds of audio or video. */
    SECONDS(Side.OTHER),
    /** Characters of the text that a model speaks. */
    CHARACTERS(Side.OTHER),
    /** Web searches. A chat search model makes one for each request. */
    WEB_SEARCH(Side.OTHER),
    /** Vector store searches by the hosted tool. */
    FILE_SEARCH(Side.OTHER),
    /** Minutes of a container of the size that the price is for. */
    CONTAINER_MINUTES(Side.OTHER),
    /** Millionths of a gigabyte (2^30 bytes) kept in vector stores for a day. */
    STORAGE(Side.OTHER),
    /** Tokens that a model is trained on. */
    TRAINING(Side.OTHER);

    /**
     * The side of the call on which a unit's tokens are, or {@code OTHER} if it does not count
     * tokens.
     */
    public enum Side {
        INPUT,
        OUTPUT,
        OTHER
    }

    private final Side side;
    private final String label;

    Unit(Side side) {
        this.side = side;
        this.label = name().toLowerCase(Locale.ROOT);
    }

    public Side side() {
        return side;
    }

    public String label() {
        return label;
    }

    /**
     * The unit with this lower-case name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Unit labelled(String label) {
        for (Unit unit : values()) {
            if (unit.label.equals(label)) {
                return unit;
            }
        }
        throw new IllegalArgumentException("no such unit: " + label);
    }
}
