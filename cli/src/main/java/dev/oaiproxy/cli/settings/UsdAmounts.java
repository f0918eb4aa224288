package dev.oaiproxy.cli.settings;

import dev.oaiproxy.cli.output.Failure;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Amounts of US dollars as they are typed: decimal texts, passed on as they are. */
public final class UsdAmounts {
    private static final Pattern POSITIVE = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
    private static final Pattern SIGNED = Pattern.compile("[+-]?\\d{1,9}(\\.\\d{1,9})?");
    private static final String NONE = "none";

    private UsdAmounts() {}

    /** An amount, or {@code none}. */
    public static String limit(String text) {
        return text.equalsIgnoreCase(NONE) ? NONE : checked(text, POSITIVE, "5, 0.25 or none");
    }

    /** An amount, or null for {@code none}. */
    public static @Nullable String limitOrNull(String text) {
        String limit = limit(text);
        return limit.equals(NONE) ? null : limit;
    }

    /** An amount that may be negative. */
    public static String signed(String text) {
        String amount = checked(text, SIGNED, "5 or -0.12");
        return amount.startsWith("+") ? amount.substring(1) : amount;
    }

    private static String checked(String text, Pattern pattern, String examples) {
        if (!pattern.matcher(text).matches()) {
            throw Failure.usage(
                    "'" + text + "' is not an amount of US dollars",
                    "write " + examples + ", with at most nine digits after the point");
        }
        return text;
    }
}
