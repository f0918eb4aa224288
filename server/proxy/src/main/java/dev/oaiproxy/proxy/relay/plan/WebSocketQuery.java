package dev.oaiproxy.proxy.relay.plan;

import static dev.oaiproxy.proxy.relay.exchange.RefusedException.malformed;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The query of a WebSocket URL. Only parameters that are known to affect neither cost nor access go
 * to OpenAI; unknown ones are dropped.
 *
 * @param values the parameters that go to OpenAI, by name
 * @param wrong the name of a parameter that cannot be left out silently, or null
 */
public record WebSocketQuery(Map<String, String> values, @Nullable String wrong) {
    private static final Set<String> SENT =
            Set.of("model", "intent", "temperature", "beta", "api-version");

    /**
     * Parameters that select another session or account, or change what it costs. Dropping them
     * silently would give the client something other than it requested.
     */
    private static final List<String> REFUSED =
            List.of("call_id", "organization", "project", "prompt", "session", "tools");

    public static WebSocketQuery of(@Nullable String query) {
        Map<String, String> values = new LinkedHashMap<>();
        String wrong = null;
        for (String pair : query == null ? new String[0] : query.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            String name = decoded(parts[0]);
            String value = parts.length == 2 ? decoded(parts[1]) : "";
            boolean twice = SENT.contains(name) && values.put(name, value) != null;
            if (twice || isRefused(name)) {
                wrong = name;
            }
        }
        return new WebSocketQuery(values, wrong);
    }

    /** True for a refused parameter, and for a nested one such as {@code session[tools]}. */
    private static boolean isRefused(String name) {
        return REFUSED.stream()
                .anyMatch(
                        refused ->
                                name.equals(refused)
                                        || name.startsWith(refused + "[")
                                        || name.startsWith(refused + "."));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException malformed) {
            return text;
        }
    }

    @Nullable
    public String model() {
        return values.get("model");
    }

    public boolean transcribes() {
        return "transcription".equals(values.get("intent"));
    }

    /** The path and query to open at OpenAI. */
    public String address(String path) {
        String query =
                values.entrySet().stream()
                        .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), UTF_8))
                        .collect(Collectors.joining("&"));
        return query.isEmpty() ? path : path + "?" + query;
    }

    /** The model; a query without one is refused. */
    public String requireModel() {
        String model = model();
        if (model == null) {
            throw malformed("you must provide a model parameter", "model");
        }
        return model;
    }

    /** Refuses a query with a wrong parameter. */
    public void require() {
        if (wrong != null) {
            throw malformed(
                    SENT.contains(wrong)
                            ? "The URL has this parameter more than once."
                            : "This proxy does not accept this parameter in the URL. Send"
                                    + " settings in a session.update.",
                    wrong);
        }
    }
}
