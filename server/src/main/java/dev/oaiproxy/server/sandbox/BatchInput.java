package dev.oaiproxy.server.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines of a batch's input file.
 *
 * @param errors what is wrong with them, in which case none is run
 */
record BatchInput(List<BatchLine> lines, List<ObjectNode> errors) {
    static BatchInput of(String text, String endpoint) {
        BatchInput input = new BatchInput(new ArrayList<>(), new ArrayList<>());
        text.lines().filter(line -> !line.isBlank()).forEach(line -> input.add(line, endpoint));
        if (input.lines().isEmpty() && input.errors().isEmpty()) {
            input.fail("empty_file", "The input file is empty.");
        }
        return input;
    }

    private void add(String line, String endpoint) {
        JsonNode request = parse(line);
        String id = request.path("custom_id").asText("");
        if (!request.isObject()) {
            fail("invalid_json_line", "This line is not parseable as valid JSON.");
        } else if (id.isEmpty()) {
            fail("missing_required_parameter", "Missing required parameter: 'custom_id'.");
        } else if (lines.stream().anyMatch(known -> known.customId().equals(id))) {
            fail("duplicate_custom_id", "The custom_id of this line is not unique.");
        } else if (!request.path("method").asText().equals("POST")) {
            fail("invalid_method", "The method of this line is not POST.");
        } else if (!request.path("url").asText().equals(endpoint)) {
            fail("mismatched_url", "The url of this line is not the batch's endpoint.");
        } else if (lines.stream().anyMatch(known -> !known.model().equals(model(request)))) {
            fail("mismatched_model", "The model of this line does not match the rest.");
        } else {
            lines.add(new BatchLine(id, endpoint, request.path("body")));
        }
    }

    private static String model(JsonNode request) {
        return request.path("body").path("model").asText();
    }

    private static JsonNode parse(String line) {
        try {
            return Exchange.JSON.readTree(line);
        } catch (JsonProcessingException malformed) {
            return MissingNode.getInstance();
        }
    }

    private void fail(String code, String message) {
        errors.add(
                JsonNodeFactory.instance
                        .objectNode()
                        .put("code", code)
                        .put("message", message)
                        .putNull("param")
                        .put("line", lines.size() + errors.size() + 1));
    }
}
