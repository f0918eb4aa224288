package dev.oaiproxy.server.catalogue;

/**
 * One operation of the OpenAI API.
 *
 * @param method the HTTP method
 * @param path the path after {@code /v1}, with {@code {name}} for a variable segment
 * @param treatment what the proxy does with it
 */
public record Operation(String method, String path, Treatment treatment) {
    /** What the proxy does with an operation. */
    public sealed interface Treatment {}

    /** Passed on without a hold: OpenAI charges nothing for it. */
    public record Free() implements Treatment {}

    /** Held, passed on, metered and charged. */
    public record Metered(Meter meter) implements Treatment {}

    /** Known, and not passed on. */
    public record Refused(String why) implements Treatment {}

    /** The operation as the ledger and reports name it: the path without its slash. */
    public String name() {
        return path.substring(1);
    }
}
