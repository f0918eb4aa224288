package dev.oaiproxy.metering.operation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/** All known operations of OpenAI, from its specification and its SDKs. */
public final class OpenAiOperations {
    private OpenAiOperations() {}

    /**
     * An operation.
     *
     * @param kind its treatment by a proxy: billable, deferred, free or admin
     */
    public record Row(String method, String template, String kind) {
        /** The path without its query, which does not matter here. */
        public String path() {
            return template.replaceFirst("\\?.*", "");
        }

        /** A path that a client could send. */
        public String example() {
            return path().replaceAll("\\{([a-z_]+)}", "$1-1");
        }

        public boolean isSocket() {
            return method.equals("WS");
        }
    }

    public static List<Row> rows() {
        try (InputStream in = OpenAiOperations.class.getResourceAsStream("operations.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8)
                    .lines()
                    .map(line -> line.split(" "))
                    .map(parts -> new Row(parts[0], parts[1], parts[2]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
