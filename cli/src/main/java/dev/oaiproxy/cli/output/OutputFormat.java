package dev.oaiproxy.cli.output;

import java.util.Locale;

/** The output formats. */
public enum OutputFormat {
    TABLE,
    JSON,
    CSV;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
