package dev.oaiproxy.metering.request.picture;

import java.util.Map;

/**
 * The pictures of a request, and its sounds.
 *
 * @param counts how often each is there; equal ones are counted together
 * @param bytes how much of the body holds them, where it is no text to the model
 * @param audioTokens how many tokens its sounds have at the most
 */
public record Pictures(Map<Picture, Integer> counts, long bytes, long audioTokens) {
    public static final Pictures NONE = new Pictures(Map.of(), 0, 0);

    public Pictures {
        counts = Map.copyOf(counts);
    }

    public boolean isEmpty() {
        return counts.isEmpty() && audioTokens == 0;
    }

    /** True if the request tells the size of each. */
    public boolean areMeasured() {
        return counts.keySet().stream().allMatch(Picture::isMeasured);
    }
}
