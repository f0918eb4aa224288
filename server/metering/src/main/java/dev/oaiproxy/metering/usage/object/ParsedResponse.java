package dev.oaiproxy.metering.usage.object;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses one JSON object of a response, token by token: the complete response, an event or chunk of
 * a stream, or a line of a batch. A value counts only at its {@link JsonPath path}.
 */
public final class ParsedResponse {
    private static final int LONGEST_TEXT = 256;

    private static final Set<String> TEXTS =
            Set.of(
                    "id",
                    "model",
                    "service_tier",
                    "status",
                    "type",
                    "/type",
                    "/custom_id",
                    "svg_usage.model");

    private final UsageSchema schema;
    private final JsonPath jsonPath;
    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, UsageObject> usages = new HashMap<>();
    private final Map<String, String> item = new HashMap<>();
    private final BilledToolCalls calls = new BilledToolCalls();

    private boolean ended;
    private @Nullable UsageObject stating;
    private String statingAt = "";
    private int statingDepth;
    private long statusCode;
    private boolean failed;
    private boolean withoutChoices;
    private boolean choices;

    public ParsedResponse(UsageSchema schema) {
        this(schema, "");
    }

    /** A response at a path inside the object. */
    public ParsedResponse(UsageSchema schema, String root) {
        this.schema = schema;
        this.jsonPath = new JsonPath(root);
    }

    /**
     * Takes the parser's current token.
     *
     * @throws JsonParseException if the value is not an object
     */
    public void take(JsonToken token, JsonParser in) throws IOException {
        if (jsonPath.depth() == 0 && token != JsonToken.START_OBJECT) {
            throw new JsonParseException(in, "not an object");
        }
        boolean value = token != JsonToken.FIELD_NAME && !token.isStructEnd();
        String place = value ? jsonPath.place() : null;
        if (place != null && token != JsonToken.VALUE_NULL) {
            value(place, token, in);
        }
        jsonPath.take(token, in);
        if (token != JsonToken.FIELD_NAME) {
            closed(token);
        }
    }

    private void value(String place, JsonToken token, JsonParser in) throws IOException {
        if (TEXTS.contains(place)) {
            text(texts, place, token, in);
        }
        switch (place) {
            case "error", "/error" -> failed = true;
            case "choices" -> withoutChoices = token == JsonToken.START_ARRAY;
            case "choices[]" -> {
                withoutChoices = false;
                choices = true;
            }
            case "duration" -> duration(token, in);
            case "/response.status_code" ->
                    statusCode = token.isNumeric() ? in.getValueAsLong() : 0;
            case "tools[].container", "tools[].environment.container_id" -> exempt(token, in);
            default -> deeper(place, token, in);
        }
    }

    private static void text(
            Map<String, String> texts, String place, JsonToken token, JsonParser in)
            throws IOException {
        boolean fits = token == JsonToken.VALUE_STRING && in.getTextLength() <= LONGEST_TEXT;
        if (fits) {
            texts.put(place, in.getText());
        } else {
            texts.remove(place);
        }
    }

    private void exempt(JsonToken token, JsonParser in) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            calls.exempt(in.getText());
        }
    }

    private void deeper(String place, JsonToken token, JsonParser in) throws IOException {
        if (place.startsWith("output[]") || place.startsWith("/item")) {
            int dot = place.indexOf('.');
            itemValue(place.substring(dot + 1), token, in);
        } else if (JsonPath.USAGES.contains(place)) {
            stating = new UsageObject(shape(place));
            statingAt = place;
            statingDepth = jsonPath.depth();
            stating.take("", token, in);
        } else if (stating != null && place.startsWith(statingAt + ".")) {
            stating.take(place.substring(statingAt.length() + 1), token, in);
        }
    }

    private void itemValue(String place, JsonToken token, JsonParser in) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_INT && in.getTextLength() <= LONGEST_TEXT) {
            item.put(place, in.getText());
        } else {
            text(item, place, token, in);
        }
    }

    private UsageSchema shape(String place) {
        return switch (place) {
            case "usage" -> schema;
            case "svg_usage" -> UsageSchema.RESPONSE;
            default -> UsageSchema.IMAGE_TOOL;
        };
    }

    private void duration(JsonToken token, JsonParser in) throws IOException {
        UsageObject usageObject = new UsageObject(schema);
        usageObject.takeSeconds("duration", token, in);
        usages.merge("duration", usageObject, UsageObject::larger);
    }

    private void closed(JsonToken token) {
        if (stating != null && jsonPath.depth() == statingDepth) {
            stating.compareTotal();
            usages.merge(statingAt, stating, UsageObject::larger);
            stating = null;
        }
        if (token == JsonToken.END_OBJECT) {
            ended = jsonPath.depth() == 0;
            String place = jsonPath.place();
            if ("output[]".equals(place) || "/item".equals(place)) {
                calls.take(item);
                item.clear();
            }
        }
    }

    public boolean ended() {
        return ended;
    }

    /** True if the parser is at or after the value of a member of the whole object. */
    public boolean after(String member) {
        return jsonPath.depth() == 1 && member.equals(jsonPath.place());
    }

    public @Nullable String id() {
        return texts.get("id");
    }

    public @Nullable String model() {
        return texts.get("model");
    }

    public @Nullable String tier() {
        return texts.get("service_tier");
    }

    public @Nullable String text(String place) {
        return texts.get(place);
    }

    /** The usage once its object is closed; null if it is missing or null. */
    public @Nullable UsageObject usage() {
        return usage("usage");
    }

    @Nullable UsageObject usage(String place) {
        return usages.get(place);
    }

    public BilledToolCalls calls() {
        return calls;
    }

    /** The status of the response in a batch; 0 if there is none. */
    public long statusCode() {
        return statusCode;
    }

    public boolean failed() {
        return failed;
    }

    /** True if {@code choices} is present and empty. */
    public boolean withoutChoices() {
        return withoutChoices;
    }

    /** True if it may carry some of the requested output, as all but a lone error may. */
    public boolean hasBegun() {
        return !failed || choices || calls.hasItems();
    }

    public UsageResult reading() {
        UsageObject usage = usage();
        return usage == null ? new UsageResult.Missing(failed) : usage.reading(model(), tier());
    }

    /** The usage of an image response. Another model writes images as SVG. */
    public UsageResult imageReading() {
        UsageResult images = ended ? reading() : new UsageResult.Missing(failed);
        UsageObject svg = usage("svg_usage");
        if (svg == null || !(images instanceof UsageResult.Complete complete)) {
            return images;
        }
        String author = text("svg_usage.model");
        if (author == null) {
            return new UsageResult.Contradictory("svg_usage names no model");
        }
        UsageResult beside = svg.reading(author, null);
        return beside instanceof UsageResult.Complete drawn
                ? new UsageResult.Complete(complete.usage(), List.of(drawn.usage()))
                : beside;
    }

    /**
     * The usage of a transcript: tokens or seconds, or else the length of the audio, which is all
     * that a translation states.
     */
    public UsageResult transcriptReading() {
        UsageObject length = usage() == null && ended ? usage("duration") : null;
        return length == null ? reading() : length.reading(model(), tier());
    }
}
