package dev.oaiproxy.metering.request.picture;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A picture of a request, as far as its tokens depend on it.
 *
 * @param width its width in pixels, or 0 where its size is not known
 * @param height its height in pixels, or 0 where its size is not known
 */
public record Picture(int width, int height, Detail detail) {
    public enum Detail {
        LOW,
        HIGH,
        ORIGINAL,
        AUTO,
        /** Any of the others may be what OpenAI makes of the request. */
        UNKNOWN;

        /** The details that a request can name, and the price book tells of. */
        public static final List<Detail> NAMED = List.of(LOW, HIGH, ORIGINAL, AUTO);

        /** The name in requests, and in the price book. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The detail that a request names; null where it names none. */
        public static Detail of(@Nullable String text) {
            return switch (text) {
                case null -> AUTO;
                case "auto" -> AUTO;
                case "low" -> LOW;
                case "high" -> HIGH;
                case "original" -> ORIGINAL;
                default -> UNKNOWN;
            };
        }
    }

    /** A picture of a size that the request does not tell. */
    public static Picture unmeasured(Detail detail) {
        return new Picture(0, 0, detail);
    }

    public boolean isMeasured() {
        return width > 0 && height > 0;
    }
}
