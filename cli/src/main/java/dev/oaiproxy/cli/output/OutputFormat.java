package dev.oaiproxy.cli.output;

import java.util.Locale;

/** The forms that an answer can be asked for in. */
public enum OutputFormat {
    TABLE,
    JSON,
    CSV;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
