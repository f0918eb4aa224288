package dev.oaiproxy.server.price;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** Price books for tests: the shipped one, and small ones from text. */
final class Books {
    static final Path SHIPPED = Path.of("..", "config", "prices.yaml");
    static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private Books() {}

    static PriceBook of(Path folder, String models) {
        return load(folder, "version: test.1\ncurrency: USD\nmodels:\n" + models);
    }

    static PriceBook load(Path folder, String yaml) {
        try {
            Path file = folder.resolve("prices.yaml");
            Files.writeString(file, yaml);
            return PriceBook.load(file);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
