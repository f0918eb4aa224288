package dev.oaiproxy.metering.operation;

import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.operation.Operation.Answered;
import dev.oaiproxy.metering.operation.Operation.Free;
import dev.oaiproxy.metering.operation.Operation.Metered;
import dev.oaiproxy.metering.operation.Operation.Subjects;
import dev.oaiproxy.metering.operation.Operation.Treatment;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code operations.yaml}: an operation, and the words for its treatment.
 *
 * @param name the method and the path
 * @param words each word with its value, which is empty for {@code free} and {@code answered}
 */
record OperationLine(String name, Map<String, String> words) {
    private static final Pattern NAME = Pattern.compile("([A-Z]+|\\*) (/[^ ]+)");
    private static final Pattern WORD = Pattern.compile("([a-z]+)(?: ([a-z0-9_.-]+))?");
    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z_]+)}");
    private static final Pattern MEGABYTES = Pattern.compile("([0-9]{1,4})mb");
    private static final Set<String> KNOWN =
            Set.of(
                    "answered",
                    "free",
                    "meter",
                    "creates",
                    "lists",
                    "accrues",
                    "if",
                    "body",
                    "streamed");

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if a word is unknown or occurs twice
     */
    static OperationLine of(String name, String text) {
        Map<String, String> words = new HashMap<>();
        for (String part : List.of(text.split(", ", -1))) {
            Matcher word = WORD.matcher(part);
            if (!word.matches() || !KNOWN.contains(word.group(1))) {
                throw new IllegalArgumentException(name + ": unknown word '" + part + "'");
            }
            String value = word.group(2) == null ? "" : word.group(2);
            if (words.put(word.group(1), value) != null) {
                throw new IllegalArgumentException(name + ": " + word.group(1) + " twice");
            }
        }
        return new OperationLine(name, words);
    }

    /** The name of the setting that the operation depends on, or null. */
    @Nullable String setting() {
        return words.get("if");
    }

    Treatment treatment() {
        String meter = words.get("meter");
        long treatments = Stream.of("answered", "free", "meter").filter(words::containsKey).count();
        if (treatments != 1) {
            throw new IllegalArgumentException(name + ": must be one of answered, free or metered");
        }
        if (meter != null) {
            return new Metered(Meter.valueOf(meter.toUpperCase(Locale.ROOT)));
        }
        return words.containsKey("free") ? new Free() : new Answered();
    }

    /**
     * @param variables the kind of object that each variable of a path names
     */
    Subjects subjects(Map<String, ObjectKind> variables) {
        String accrued = words.get("accrues");
        if (accrued != null && !accrued.equals("storage")) {
            throw new IllegalArgumentException(name + ": only storage can accrue");
        }
        return new Subjects(owned(variables), kind("creates"), kind("lists"), accrued != null);
    }

    Operation.BodyRule body() {
        String most = words.get("body");
        boolean streamed = words.containsKey("streamed");
        if (most == null && !streamed) {
            return Operation.BodyRule.USUAL;
        }
        Matcher megabytes = MEGABYTES.matcher(String.valueOf(most));
        if (!megabytes.matches() || (streamed && !words.containsKey("free"))) {
            throw new IllegalArgumentException(
                    name
                            + ": the body needs a size in mb, and only a free operation can be"
                            + " streamed");
        }
        return new Operation.BodyRule(Long.parseLong(megabytes.group(1)) << 20, streamed);
    }

    private @Nullable ObjectKind owned(Map<String, ObjectKind> variables) {
        Matcher first = VARIABLE.matcher(name);
        if (!first.find()) {
            return null;
        }
        ObjectKind kind = variables.get(first.group(1));
        if (kind == null) {
            throw new IllegalArgumentException(name + ": no kind of object for " + first.group());
        }
        return kind;
    }

    private @Nullable ObjectKind kind(String word) {
        String label = words.get(word);
        return label == null ? null : kindOf(label);
    }

    static ObjectKind kindOf(String label) {
        return ObjectKind.valueOf(label.toUpperCase(Locale.ROOT));
    }

    static Operation operation(
            String name, Treatment treatment, Subjects subjects, Operation.BodyRule body) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a method and a path: " + name);
        }
        return new Operation(parts.group(1), parts.group(2), treatment, subjects, body);
    }
}
