package dev.oaiproxy.metering.money;

import java.util.Locale;

/**
 * A thing that OpenAI counts and bills. The units of one call are disjoint: no token is in two.
 *
 * <p>The lower-case names are the ones that the price book, the ledger and the admin API use.
 */
public enum Unit {
    /** Text tokens of the input that came neither from nor went to the cache. */
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
    /** Text tokens of the output; reasoning and rejected predictions are inside. */
    OUTPUT(Side.OUTPUT),
    AUDIO_OUTPUT(Side.OUTPUT),
    IMAGE_OUTPUT(Side.OUTPUT),
    /** Seconds of audio or video. */
    SECONDS(Side.OTHER),
    /** Characters of text to be spoken. */
    CHARACTERS(Side.OTHER),
    /** Searches of the web; a chat search model makes one for each request. */
    WEB_SEARCH(Side.OTHER),
    /** Searches of vector stores by the hosted tool. */
    FILE_SEARCH(Side.OTHER),
    /** Minutes that a container is kept, of the size that its price is for. */
    CONTAINER_MINUTES(Side.OTHER),
    /** Millionths of a gigabyte (2^30 bytes) kept in vector stores for a day. */
    STORAGE(Side.OTHER),
    /** Tokens that a model was trained on. */
    TRAINING(Side.OTHER);

    /** The side that a unit's tokens are on, if it counts tokens. */
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
     * The unit of that lower-case name.
     *
     * @throws IllegalArgumentException when there is none
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
