package dev.oaiproxy.e2e.recorded;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.core.ObjectMappers;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The members of JSON values, with their paths and types. Elements of a list are merged; those with
 * a {@code type} are merged by type: {@code /output/[message]/content/[output_text]/text: string}.
 */
final class JsonShape {
    private final Set<String> places = new TreeSet<>();
    private final Set<String> events = new LinkedHashSet<>();

    private JsonShape() {}

    static JsonShape of(List<JsonNode> values) {
        JsonShape jsonShape = new JsonShape();
        for (JsonNode one : values) {
            String type = one.path("type").asText();
            jsonShape.events.add(type);
            jsonShape.walk(type, one);
        }
        return jsonShape;
    }

    /** The JSON of a body: one value, or one for each event or line. */
    static List<JsonNode> values(MessageBody messageBody, byte[] bytes) {
        String text = new String(bytes, UTF_8);
        if (messageBody.isJson()) {
            return List.of(HttpTestClient.json(text));
        }
        List<JsonNode> all = new ArrayList<>();
        if (messageBody.isEvents()) {
            text.lines()
                    .filter(line -> line.startsWith("data: {"))
                    .forEach(
                            line ->
                                    all.add(
                                            HttpTestClient.json(
                                                    line.substring("data: ".length()))));
        }
        if (messageBody.isLines()) {
            text.lines().forEach(line -> all.add(HttpTestClient.json(line)));
        }
        return all;
    }

    private void walk(String place, JsonNode value) {
        places.add(place + ": " + kind(value));
        value.properties()
                .forEach(member -> walk(place + "/" + member.getKey(), member.getValue()));
        if (value.isArray()) {
            value.forEach(
                    element -> walk(place + "/[" + element.path("type").asText() + "]", element));
        }
    }

    private static String kind(JsonNode value) {
        return value.isNumber() ? "number" : value.getNodeType().name().toLowerCase(Locale.ROOT);
    }

    /** The event types, in the order of their first occurrence. */
    List<String> events() {
        return List.copyOf(events);
    }

    /** The members that are missing in another shape or have other types there. */
    List<String> without(JsonShape other, RecordedExchange recordedExchange) {
        return places.stream()
                .filter(place -> !other.places.contains(place))
                .filter(place -> !recordedExchange.isOptional(place))
                .toList();
    }

    /** Parses the values with the official SDK and visits each member. */
    static void validate(String type, List<JsonNode> values) {
        if (type.isEmpty()) {
            return;
        }
        for (JsonNode one : values) {
            try {
                Class<?> model = Class.forName("com.openai.models." + type);
                Object read = ObjectMappers.jsonMapper().readValue(one.toString(), model);
                model.getMethod("validate").invoke(read);
            } catch (ReflectiveOperationException | IOException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new AssertionError(type + " cannot be read of " + one, cause);
            }
        }
    }
}
