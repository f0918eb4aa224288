package dev.oaiproxy.cli.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The part of an address behind the question mark. */
public record Query(Map<String, String> parameters) {
    public static Query none() {
        return new Query(Map.of());
    }

    /** This query and one more parameter, unless it has no value. */
    public Query with(String name, @Nullable Object value) {
        if (value == null) {
            return this;
        }
        var more = new LinkedHashMap<>(parameters);
        more.put(name, value.toString());
        return new Query(more);
    }

    /** A text as one segment of a path. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    String text() {
        return parameters.isEmpty()
                ? ""
                : parameters.entrySet().stream()
                        .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
    }
}
