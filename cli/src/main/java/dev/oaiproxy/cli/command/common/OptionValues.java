package dev.oaiproxy.cli.command.common;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the values of options that were given. */
public final class OptionValues {
    private OptionValues() {}

    public static void put(Map<String, String> values, String name, @Nullable Object value) {
        if (value != null) {
            values.put(name, value.toString());
        }
    }
}
