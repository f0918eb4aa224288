package dev.oaiproxy.cli.settings;

/** A text that no message may show. */
public record Secret(String value) {
    @Override
    public String toString() {
        return "***";
    }
}
