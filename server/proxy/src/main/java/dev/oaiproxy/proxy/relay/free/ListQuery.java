package dev.oaiproxy.proxy.relay.free;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The query of a list.
 *
 * @param limit the most elements
 * @param after the element after which the part begins, or null for the start
 * @param before the element before which it ends, or null
 * @param rest all other parameters as sent: the order and filters
 */
record ListQuery(int limit, @Nullable String after, @Nullable String before, List<String> rest) {
    /** The page size that is requested from OpenAI. */
    static final int PAGE = 100;

    private static final int LARGEST = 10_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern METADATA = Pattern.compile("metadata\\[(.*)]");

    /**
     * Reads a query.
     *
     * @param standard the limit when the query names none
     * @throws RefusedException when it is malformed
     */
    static ListQuery of(@Nullable String query, int standard) {
        List<String> rest = new ArrayList<>();
        Map<String, String> ours = new HashMap<>();
        for (String parameter : query == null ? List.<String>of() : List.of(query.split("&"))) {
            String[] parts = parameter.split("=", 2);
            String name = decoded(parts[0]);
            if (!List.of("limit", "after", "before").contains(name)) {
                rest.add(parameter);
            } else if (ours.put(name, decoded(parts.length == 1 ? "" : parts[1])) != null) {
                throw wrong(name);
            }
        }
        rest.remove("");
        return new ListQuery(
                limit(ours.get("limit"), standard), ours.get("after"), ours.get("before"), rest);
    }

    /** The query that asks OpenAI for a page. */
    String page(int size, @Nullable String from) {
        List<String> parameters = new ArrayList<>(rest);
        parameters.add("limit=" + size);
        if (from != null) {
            parameters.add("after=" + URLEncoder.encode(from, StandardCharsets.UTF_8));
        }
        return String.join("&", parameters);
    }

    /**
     * True when the list begins with the oldest object, which is the default for chat completions.
     */
    boolean isAscending(ObjectKind kind) {
        return rest.contains("order=asc")
                || (kind == ObjectKind.COMPLETION && !rest.contains("order=desc"));
    }

    boolean filters() {
        return rest.stream().anyMatch(parameter -> !parameter.startsWith("order="));
    }

    /** True when an object passes the filters, as far as it has the filtered fields. */
    boolean covers(byte[] json) throws IOException {
        JsonNode object = JSON.readTree(json);
        for (String parameter : rest) {
            String[] parts = parameter.split("=", 2);
            String name = URLDecoder.decode(parts[0], StandardCharsets.UTF_8);
            String value =
                    URLDecoder.decode(parts.length == 1 ? "" : parts[1], StandardCharsets.UTF_8);
            Matcher metadata = METADATA.matcher(name);
            JsonNode member =
                    metadata.matches()
                            ? object.path("metadata").path(metadata.group(1))
                            : object.path(name);
            boolean filter = metadata.matches() || member.isTextual();
            if (filter && !member.asText().equals(value)) {
                return false;
            }
        }
        return true;
    }

    private static int limit(@Nullable String text, int standard) {
        if (text == null) {
            return standard;
        }
        if (!text.matches("[0-9]{1,5}")) {
            throw wrong("limit");
        }
        int limit = Integer.parseInt(text);
        if (limit < 1 || limit > LARGEST) {
            throw wrong("limit");
        }
        return limit;
    }

    private static RefusedException wrong(String param) {
        return RefusedException.malformed("Invalid '%s' in the query.".formatted(param), param);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw wrong("query");
        }
    }
}
