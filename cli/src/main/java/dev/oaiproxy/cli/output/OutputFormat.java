package dev.oaiproxy.cli.output;

/** The forms that an answer can be asked for in. */
public enum OutputFormat {
    TABLE("table"),
    JSON("json"),
    CSV("csv");

    private final String label;

    OutputFormat(String label) {
        this.label = label;
    }

    /** The name as it is typed and completed. */
    @Override
    public String toString() {
        return label;
    }
}
