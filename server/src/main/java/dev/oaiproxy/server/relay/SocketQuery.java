package dev.oaiproxy.server.relay;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the address of a WebSocket says.
 *
 * @param model the model, or null
 * @param wrong what it must not say, or null
 */
record SocketQuery(@Nullable String model, boolean transcribes, @Nullable String wrong) {
    /** Others, such as {@code call_id}, would lead to what is not this conversation's. */
    private static final Set<String> KNOWN = Set.of("model", "intent");

    static SocketQuery of(@Nullable String query) {
        Map<String, String> values = new HashMap<>();
        String wrong = null;
        for (String pair : query == null ? new String[0] : query.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            String name = decoded(parts[0]);
            String value = parts.length == 2 ? decoded(parts[1]) : "";
            if (!KNOWN.contains(name) || values.put(name, value) != null) {
                wrong = name;
            }
        }
        boolean transcribes = values.getOrDefault("intent", "").equals("transcription");
        return new SocketQuery(values.get("model"), transcribes, wrong);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return text;
        }
    }

    /** Why nothing can be made of it, or null. */
    @Nullable Refusal objection() {
        return wrong == null
                ? null
                : new Refusal.Malformed("This proxy takes model and intent only.", wrong);
    }
}
