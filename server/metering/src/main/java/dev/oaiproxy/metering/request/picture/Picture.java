package dev.oaiproxy.metering.request.picture;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A picture of a request, with the properties that decide its tokens.
 *
 * @param width its width in pixels, or 0 if the size is not known
 * @param height its height in pixels, or 0 if the size is not known
 */
public record Picture(int width, int height, Detail detail) {
    public enum Detail {
        LOW,
        HIGH,
        ORIGINAL,
        AUTO,
        /** OpenAI may use any of the other details. */
        UNKNOWN;

        /** The details that a request can name and the price book lists. */
        public static final List<Detail> NAMED = List.of(LOW, HIGH, ORIGINAL, AUTO);

        /** The name in requests and in the price book. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The detail with a name; null stands for the default. */
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

    /** A picture of unknown size. */
    public static Picture unmeasured(Detail detail) {
        return new Picture(0, 0, detail);
    }

    public boolean isMeasured() {
        return width > 0 && height > 0;
    }
}
