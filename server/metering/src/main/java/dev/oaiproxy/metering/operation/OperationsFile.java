package dev.oaiproxy.metering.operation;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.operation.Operation.Refused;
import dev.oaiproxy.metering.operation.Operation.Subjects;
import dev.oaiproxy.metering.operation.Operation.Treatment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code operations.yaml}. The format is described in the file. */
public final class OperationsFile {
    private static final String NAME = "operations.yaml";

    private static final ObjectReader READER =
            new YAMLMapper()
                    .readerFor(Content.class)
                    .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    private final Map<String, String> settings;
    private final List<OperationLine> allowed = new ArrayList<>();
    private final List<Refusal> refused;
    private final Map<String, ObjectKind> variables = new HashMap<>();

    private OperationsFile(Content content) {
        settings = content.settings;
        content.allowed.forEach((name, text) -> allowed.add(OperationLine.of(name, text)));
        refused = content.refused;
        content.variables.forEach(
                (name, label) -> variables.put(name, OperationLine.kindOf(label)));
    }

    private record Content(
            Map<String, String> variables,
            Map<String, String> settings,
            Map<String, String> allowed,
            List<Refusal> refused) {}

    /**
     * A group of operations that are not passed on.
     *
     * @param why the reason, in words for the caller
     * @param operations their methods and paths
     */
    record Refusal(String why, List<String> operations) {}

    public static OperationsFile bundled() {
        try (InputStream in = OperationsFile.class.getResourceAsStream(NAME)) {
            return read(Objects.requireNonNull(in, NAME));
        } catch (IOException e) {
            throw new UncheckedIOException(NAME, e);
        }
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if a line makes no sense
     * @throws IOException if the file is not such a file
     */
    static OperationsFile read(InputStream in) throws IOException {
        return new OperationsFile(READER.readValue(in));
    }

    List<OperationLine> allowed() {
        return List.copyOf(allowed);
    }

    List<Refusal> refused() {
        return List.copyOf(refused);
    }

    /**
     * The operations with their treatments.
     *
     * @param on the names of the settings that are on
     * @throws IllegalArgumentException if an operation or its treatment makes no sense
     */
    public List<Operation> operations(Set<String> on) {
        List<Operation> operations = new ArrayList<>();
        for (OperationLine line : allowed) {
            operations.add(
                    OperationLine.operation(
                            line.name(),
                            treatment(line, on),
                            line.subjects(variables),
                            line.body()));
        }
        for (Refusal refusal : refused) {
            Refused why = new Refused(reason(refusal.why));
            for (String name : refusal.operations) {
                operations.add(
                        OperationLine.operation(
                                name, why, Subjects.NONE, Operation.BodyRule.USUAL));
            }
        }
        return operations;
    }

    private Treatment treatment(OperationLine line, Set<String> on) {
        Treatment treatment = line.treatment();
        String setting = line.setting();
        if (setting == null) {
            return treatment;
        }
        Refused off = new Refused(reason(settings.get(setting)));
        return on.contains(setting) ? treatment : off;
    }

    private static String reason(@Nullable String why) {
        if (why == null || why.isBlank()) {
            throw new IllegalArgumentException("a refusal has no reason");
        }
        return why;
    }
}
