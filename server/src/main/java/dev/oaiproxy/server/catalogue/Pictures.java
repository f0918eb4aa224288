package dev.oaiproxy.server.catalogue;

import java.util.Map;

/**
 * The pictures of a request.
 *
 * @param counts how often each is there; equal ones are counted together
 * @param bytes how much of the body holds them, where it is no text to the model
 */
public record Pictures(Map<Picture, Integer> counts, long bytes) {
    /** Those of a request without any. */
    public static final Pictures NONE = new Pictures(Map.of(), 0);

    public Pictures {
        counts = Map.copyOf(counts);
    }

    public boolean isEmpty() {
        return counts.isEmpty();
    }

    /** Whether the request tells the size of each. */
    public boolean areMeasured() {
        return counts.keySet().stream().allMatch(Picture::isMeasured);
    }
}
