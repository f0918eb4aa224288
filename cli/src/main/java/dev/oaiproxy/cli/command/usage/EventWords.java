package dev.oaiproxy.cli.command.usage;

import dev.oaiproxy.api.AdminApi.AdminEvent;
import dev.oaiproxy.cli.output.PersonFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Admin events in words. The trail keeps states before and after a change as {@code Terms[user=bob,
 * limits=Limits[spend=5.00, period=TOTAL]]}; people see what is set or changed.
 */
final class EventWords {
    private static final Set<String> NOTHING = Set.of("", "null", "[]");
    private static final Map<String, String> NAMES =
            Map.of(
                    "spend", "limit",
                    "requestsPerMinute", "rpm",
                    "tokensPerMinute", "tpm",
                    "expiresAt", "expires",
                    "label", "name");

    private EventWords() {}

    /** What was done, in a sentence without its subject. */
    static String of(AdminEvent event) {
        String subject = event.subject().replaceFirst("^(key|call):", "$1 ");
        return switch (event.action()) {
            case "key.create" -> "created " + subject + ": " + state(event.after());
            case "key.revoke" -> "revoked " + subject;
            case "quota.change" ->
                    "changed the quota of "
                            + subject
                            + ": "
                            + change(event.before(), event.after());
            case "call.adjust" -> "corrected " + subject + " by " + event.after();
            case "setup" -> "set the server up: " + event.after();
            default ->
                    event.action() + " " + subject + ": " + change(event.before(), event.after());
        };
    }

    private static String state(String text) {
        List<String> words = new ArrayList<>();
        fields(text).forEach((name, value) -> words.add(words(name, value)));
        return words.isEmpty() ? text : String.join(", ", words);
    }

    private static String change(String before, String after) {
        Map<String, String> old = fields(before);
        Map<String, String> now = fields(after);
        if (old.isEmpty() || now.isEmpty()) {
            return now.isEmpty() ? after : state(after);
        }
        List<String> words = new ArrayList<>();
        now.forEach(
                (name, value) -> {
                    String was = old.getOrDefault(name, "none");
                    if (!was.equals(value)) {
                        words.add(words(name, was) + " -> " + shown(value));
                    }
                });
        old.forEach(
                (name, was) -> {
                    if (!now.containsKey(name)) {
                        words.add(words(name, was) + " -> none");
                    }
                });
        return words.isEmpty() ? "nothing" : String.join(", ", words);
    }

    private static String words(String name, String value) {
        return NAMES.getOrDefault(name, name) + " " + shown(value);
    }

    private static String shown(String value) {
        boolean amount = value.matches("-?[0-9]+\\.[0-9]+");
        return amount ? PersonFormat.usd(value) : value.toLowerCase(Locale.ROOT);
    }

    /** The fields that have a value, those of nested records too; none for another text. */
    private static Map<String, String> fields(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        int begin = text.indexOf('[');
        boolean record = begin > 0 && text.endsWith("]") && text.indexOf('=') > begin;
        if (record) {
            for (String part : parts(text.substring(begin + 1, text.length() - 1))) {
                int equals = part.indexOf('=');
                String value = part.substring(equals + 1);
                Map<String, String> nested = fields(value);
                if (!nested.isEmpty()) {
                    fields.putAll(nested);
                } else if (!NOTHING.contains(value) && !value.endsWith("]")) {
                    fields.put(part.substring(0, Math.max(0, equals)), value);
                } else if (value.startsWith("[") && !NOTHING.contains(value)) {
                    fields.put(
                            part.substring(0, Math.max(0, equals)),
                            value.substring(1, value.length() - 1));
                }
            }
        }
        return fields;
    }

    /** Splits at the commas that are in no bracket. */
    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            depth += character == '[' ? 1 : 0;
            depth -= character == ']' ? 1 : 0;
            if (depth == 0 && text.startsWith(", ", i)) {
                parts.add(text.substring(from, i));
                from = i + 2;
            }
        }
        parts.add(text.substring(from));
        return parts;
    }
}
