package dev.oaiproxy.sandbox.batch;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.http.JsonObjects;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a batch's input file.
 *
 * @param errors the errors in the lines; if there are any, no line is executed
 */
record BatchInput(List<BatchRequest> lines, List<ObjectNode> errors) {
    private static final ObjectReader STRICT =
            JsonObjects.MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    static BatchInput of(String text, String endpoint) {
        BatchInput input = new BatchInput(new ArrayList<>(), new ArrayList<>());
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (!line.isBlank()) {
                input.add(number, line, endpoint);
            }
        }
        if (input.lines().isEmpty() && input.errors().isEmpty()) {
            input.fail(null, "empty_file", "The input file is empty.");
        }
        return input;
    }

    private void add(int number, String line, String endpoint) {
        JsonNode request = parse(line);
        if (!request.isObject()) {
            fail(number, "invalid_json_line", "This line is not parseable as valid JSON.");
            return;
        }
        for (String name : List.of("custom_id", "method", "url", "body")) {
            if (!request.hasNonNull(name)) {
                fail(
                        number,
                        "missing_required_parameter",
                        "Missing required parameter: '" + name + "'.");
                return;
            }
        }
        String id = request.path("custom_id").asText();
        if (lines.stream().anyMatch(known -> known.customId().equals(id))) {
            fail(number, "duplicate_custom_id", "The custom_id of this line is not unique.");
        } else if (!request.path("method").asText().equals("POST")) {
            fail(number, "invalid_method", "The method of this line is not POST.");
        } else if (!request.path("url").asText().equals(endpoint)) {
            fail(number, "mismatched_url", "The url of this line is not the batch's endpoint.");
        } else if (!request.path("body").isObject()) {
            fail(number, "invalid_body", "The body of this line is not an object.");
        } else if (lines.stream().anyMatch(known -> !known.model().equals(model(request)))) {
            fail(
                    number,
                    "mismatched_model",
                    "The model for this request does not match the rest of the batch. Each batch"
                            + " must contain requests for a single model.");
        } else {
            lines.add(new BatchRequest(id, endpoint, request.path("body")));
        }
    }

    private static String model(JsonNode request) {
        return request.path("body").path("model").asText();
    }

    /** Parses a complete line. Anything after the object makes the line malformed. */
    private static JsonNode parse(String line) {
        try {
            return STRICT.readTree(line);
        } catch (JsonProcessingException malformed) {
            return MissingNode.getInstance();
        }
    }

    private void fail(@Nullable Integer number, String code, String message) {
        errors.add(
                newObject()
                        .put("code", code)
                        .put("message", message)
                        .putNull("param")
                        .put("line", number));
    }
}
