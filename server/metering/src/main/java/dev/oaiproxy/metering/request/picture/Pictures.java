package dev.oaiproxy.metering.request.picture;

import java.util.Map;

/**
 * The pictures of a request, and its sounds.
 *
 * @param counts the number of equal pictures, by picture
 * @param bytes the bytes of the body that hold them and are not text to the model
 * @param audioTokens the most tokens of its sounds
 */
public record Pictures(Map<Picture, Integer> counts, long bytes, long audioTokens) {
    public static final Pictures NONE = new Pictures(Map.of(), 0, 0);

    public Pictures {
        counts = Map.copyOf(counts);
    }

    public boolean isEmpty() {
        return counts.isEmpty() && audioTokens == 0;
    }

    /** True if the size of each picture is known. */
    public boolean areMeasured() {
        return counts.keySet().stream().allMatch(Picture::isMeasured);
    }
}
