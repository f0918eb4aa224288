package dev.oaiproxy.metering.request.json;

import java.util.List;
import java.util.Random;

/** Writes valid JSON in unusual ways: whitespace anywhere, escapes, big numbers, repeated names. */
final class OddJson {
    private static final List<String> SPACES = List.of("", "", "", " ", "\n", "\r\n\t ", "  ");
    private static final List<String> NAMES =
            List.of(
                    "\"a\"",
                    "\"user\"",
                    "\"str\\u0065am\"",
                    "\"include_usage\"",
                    "\"\"",
                    "\"\u00fc\ud83d\ude00\"",
                    "\"\\\"stream_options\\\"\"",
                    "\"stream_option\\\\\"");
    private static final List<String> SCALARS =
            List.of(
                    "null",
                    "true",
                    "0",
                    "-0.0e-7",
                    "123456789012345678901234567890",
                    "1" + "0".repeat(3000),
                    "\"\"",
                    "\"}]{[,:\\\"\\\\\"",
                    "\"\\u0000\\ud83d\\ude00 \u20ac \u007f\"",
                    "\"stream_options\"",
                    "\"\\\"stream_options\\\":null\"");

    private final Random random;

    OddJson(Random random) {
        this.random = random;
    }

    String space() {
        return SPACES.get(random.nextInt(SPACES.size()));
    }

    /** Members separated by commas; may be empty. */
    String members(int most, int depth) {
        StringBuilder out = new StringBuilder();
        int count = random.nextInt(most + 1);
        for (int i = 0; i < count; i++) {
            out.append(i == 0 ? "" : ",")
                    .append(member(NAMES.get(random.nextInt(NAMES.size())), depth));
        }
        return out.toString();
    }

    private String member(String name, int depth) {
        return space() + name + space() + ":" + space() + value(depth) + space();
    }

    String value(int depth) {
        int kind = depth == 0 ? 2 : random.nextInt(4);
        return switch (kind) {
            case 0 -> "{" + space() + members(3, depth - 1) + "}";
            case 1 -> "[" + space() + elements(depth - 1) + "]";
            default -> SCALARS.get(random.nextInt(SCALARS.size()));
        };
    }

    private String elements(int depth) {
        StringBuilder out = new StringBuilder();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            out.append(i == 0 ? "" : ",").append(space()).append(value(depth)).append(space());
        }
        return out.toString();
    }
}
