package dev.oaiproxy.server.catalogue;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.oaiproxy.server.catalogue.Operation.Free;
import dev.oaiproxy.server.catalogue.Operation.Metered;
import dev.oaiproxy.server.catalogue.Operation.Refused;
import dev.oaiproxy.server.catalogue.Operation.Treatment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code operations.yaml}, which says itself how it is written. */
final class OperationsFile {
    private static final String NAME = "operations.yaml";
    private static final Pattern OPERATION = Pattern.compile("([A-Z]+|\\*) (/[^ ]+)");

    private static final ObjectReader READER =
            new YAMLMapper()
                    .readerFor(Content.class)
                    .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    private OperationsFile() {}

    private record Content(Map<String, String> metered, List<String> free, List<Refusal> refused) {}

    private record Refusal(String why, List<String> operations) {}

    /** The operations of the file that comes with the server. */
    static List<Operation> bundled() {
        try (InputStream in = OperationsFile.class.getResourceAsStream(NAME)) {
            return read(Objects.requireNonNull(in, NAME));
        } catch (IOException e) {
            throw new UncheckedIOException(NAME, e);
        }
    }

    /**
     * Reads the operations of a file.
     *
     * @throws IllegalArgumentException when an operation or what is done with it makes no sense
     * @throws IOException when it is not such a file
     */
    static List<Operation> read(InputStream in) throws IOException {
        Content content = READER.readValue(in);
        List<Operation> operations = new ArrayList<>();
        content.metered.forEach(
                (line, meter) -> operations.add(operation(line, new Metered(meter(meter)))));
        content.free.forEach(line -> operations.add(operation(line, new Free())));
        for (Refusal refusal : content.refused) {
            Refused refused = new Refused(reason(refusal.why));
            refusal.operations.forEach(line -> operations.add(operation(line, refused)));
        }
        return operations;
    }

    private static Operation operation(String line, Treatment treatment) {
        Matcher parts = OPERATION.matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a method and a path: " + line);
        }
        return new Operation(parts.group(1), parts.group(2), treatment);
    }

    private static Meter meter(String name) {
        return Meter.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static String reason(String why) {
        if (why == null || why.isBlank()) {
            throw new IllegalArgumentException("a refusal without a reason");
        }
        return why;
    }
}
