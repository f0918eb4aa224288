package dev.oaiproxy.metering.usage.object;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tracks a parser's position in a JSON object, as long as the position is a known path.
 *
 * <p>A path is the names that lead to a value, joined by dots; {@code []} is an element of an
 * array. Paths inside the response proper start at the response; paths outside of it start with a
 * slash. Unknown members have no path, and neither has anything inside them, so a text or a tool's
 * arguments that mention usage are never mistaken for it.
 */
final class JsonPath {
    private static final int DEEPEST = 8;
    private static final String OUTSIDE = "/";

    /** Paths at which a response states usage: that of its model, and that of other models. */
    static final List<String> USAGES =
            List.of("usage", "tool_usage.image_gen", "tool_usage.web_search", "svg_usage");

    private static final List<String> MEMBERS =
            List.of(
                    "id",
                    "model",
                    "service_tier",
                    "status",
                    "error",
                    "choices",
                    "choices[]",
                    "output",
                    "tools",
                    "tools[]",
                    "tools[].container",
                    "tools[].environment",
                    "tools[].environment.container_id",
                    "tool_usage",
                    "svg_usage.model",
                    "type",
                    "audio",
                    "duration",
                    "/type",
                    "/error",
                    "/custom_id",
                    "/response",
                    "/response.status_code");

    private static final Set<String> KNOWN = known();

    private final String root;
    private final @Nullable String[] places = new String[DEEPEST];
    private int depth;

    /**
     * A path through one object.
     *
     * @param root the path of the response proper in the object; empty if it is the whole object
     */
    JsonPath(String root) {
        this.root = OUTSIDE + root;
        places[0] = root.isEmpty() ? "" : OUTSIDE;
    }

    private static Set<String> known() {
        Set<String> known = new HashSet<>(MEMBERS);
        Stream.of("output[]", "/item").forEach(item -> addItem(known, item));
        USAGES.forEach(usage -> addUsage(known, usage));
        return known;
    }

    private static void addItem(Set<String> known, String item) {
        known.add(item);
        Stream.of("type", "action", "action.type", "container_id", "environment")
                .forEach(name -> known.add(item + "." + name));
        known.addAll(List.of(item + ".environment.type", item + ".environment.container_id"));
        Stream.of("", ".model", ".input_tokens", ".output_tokens")
                .forEach(name -> known.add(item + ".svg_usage" + name));
    }

    private static void addUsage(Set<String> known, String usage) {
        Stream.of(UsageNames.CHAT, UsageNames.TOKENS)
                .flatMap(usageNames -> usageNames.known().stream())
                .forEach(path -> known.add(path.isEmpty() ? usage : usage + "." + path));
    }

    void take(JsonToken token, JsonParser in) throws IOException {
        if (token == JsonToken.FIELD_NAME) {
            enter(child(parent(), in.currentName()));
        } else if (token.isStructEnd()) {
            depth--;
        } else if (token.isStructStart()) {
            String place = place();
            depth++;
            enter(token == JsonToken.START_ARRAY && place != null ? known(place + "[]") : null);
        }
    }

    private void enter(@Nullable String place) {
        if (depth < DEEPEST) {
            places[depth] = place;
        }
    }

    private @Nullable String parent() {
        return depth <= DEEPEST ? places[depth - 1] : null;
    }

    private @Nullable String child(@Nullable String parent, String name) {
        if (parent == null || name.startsWith(OUTSIDE) || name.contains(".")) {
            return null;
        }
        boolean top = parent.isEmpty() || parent.equals(OUTSIDE);
        String place = top ? parent + name : parent + "." + name;
        return place.equals(root) ? "" : known(place);
    }

    private @Nullable String known(String place) {
        return KNOWN.contains(place) ? place : null;
    }

    /** The path of the value that was begun or ended last, or null if it is not known. */
    @Nullable String place() {
        return depth < DEEPEST ? places[depth] : null;
    }

    int depth() {
        return depth;
    }
}
