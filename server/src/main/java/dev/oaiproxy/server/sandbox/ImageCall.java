package dev.oaiproxy.server.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.server.sandbox.Bill.Extra;
import java.util.List;

/** An image that a response makes by its tool; it is paid for at the image model's price. */
final class ImageCall {
    private static final String DEFAULT_MODEL = "gpt-image-1.5";
    private static final int PROMPT_TOKENS = 50;
    private static final int PARTIAL_TOKENS = 100;

    /** One grey pixel. */
    private static final String PIXEL =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5E"
                    + "rkJggg==";

    private ImageCall() {}

    static ResponseItem of(JsonNode tool, String id) {
        ObjectNode item = JsonNodeFactory.instance.objectNode();
        item.put("id", id).put("type", "image_generation_call").put("status", "completed");
        item.put("result", PIXEL);
        String model = tool.path("model").asText(DEFAULT_MODEL);
        long made = output(tool) + (long) PARTIAL_TOKENS * tool.path("partial_images").asInt();
        return new ResponseItem(
                item,
                List.of("in_progress", "generating", "completed"),
                List.of(
                        new Extra(model, "input", PROMPT_TOKENS),
                        new Extra(model, "image_output", made)),
                0);
    }

    /** The tokens of a square image. */
    private static long output(JsonNode tool) {
        return switch (tool.path("quality").asText()) {
            case "low" -> 272;
            case "high" -> 4160;
            default -> 1056;
        };
    }
}
