package dev.oaiproxy.metering.price.book;

import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Price books for tests: the shipped one, and small ones from text. */
public final class SampleBooks {
    public static final Path SHIPPED = Checkout.file("config/prices.yaml");
    public static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private SampleBooks() {}

    public static PriceBook of(Path folder, String models) {
        return load(folder, "version: test.1\ncurrency: USD\nmodels:\n" + models);
    }

    public static PriceBook load(Path folder, String yaml) {
        try {
            Path file = folder.resolve("prices.yaml");
            Files.writeString(file, yaml);
            return PriceBook.load(file);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** The usage that a text states, such as {@code input=86 output=300}. */
    public static Usage usage(@Nullable String tier, String used) {
        Map<Unit, Long> quantities = new EnumMap<>(Unit.class);
        for (String part : used.isBlank() ? new String[0] : used.split(" ", -1)) {
            int equals = part.indexOf('=');
            quantities.put(
                    Unit.labelled(part.substring(0, equals)),
                    Long.valueOf(part.substring(equals + 1)));
        }
        return new Usage(null, tier, quantities);
    }
}
