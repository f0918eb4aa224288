package dev.oaiproxy.sandbox.response;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import java.util.ArrayList;
import java.util.List;

/** A call of the image generation tool, charged at the image model's price. */
final class ImageToolCall {
    private static final String DEFAULT_MODEL = "gpt-image-2.6-sunburst";
    private static final List<String> QUALITIES = List.of("low", "medium", "high");
    private static final int PROMPT_TOKENS = 50;
    private static final int PARTIAL_TOKENS = 100;
    private static final int USUAL_FRAMES = 9;
    private static final int SVG_INPUT = 300;
    private static final int SVG_OUTPUT = 900;

    /** One grey pixel. */
    private static final String PIXEL =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5E"
                    + "rkJggg==";

    private ImageToolCall() {}

    static OutputItem of(JsonNode tool, String id) {
        ObjectNode item = newObject();
        item.put("id", id).put("type", "image_generation_call").put("status", "completed");
        item.put("background", "opaque")
                .put("output_format", tool.path("output_format").asText("png"));
        item.put("quality", quality(tool)).put("size", "1024x1024");
        item.put("result", PIXEL).put("revised_prompt", "A dot.");
        String model = tool.path("model").asText(DEFAULT_MODEL);
        long made = output(tool) + (long) PARTIAL_TOKENS * tool.path("partial_images").asInt();
        boolean gif = tool.path("output_format").asText().equals("gif");
        long frames = gif ? tool.path("frame_count").asInt(USUAL_FRAMES) : 1;
        List<ExtraUsage> extras = new ArrayList<>();
        extras.add(new ExtraUsage(model, "input", PROMPT_TOKENS));
        extras.add(new ExtraUsage(model, "image_output", made * frames));
        if (tool.path("output_format").asText().equals("svg")) {
            write(tool.path("svg").path("model").asText(), item, extras);
        }
        return new OutputItem(item, List.of("in_progress", "generating", "completed"), extras, 0);
    }

    /** Adds the usage of the model that writes the image as SVG, which is billed separately. */
    private static void write(String author, ObjectNode item, List<ExtraUsage> extras) {
        item.putObject("svg_usage")
                .put("model", author)
                .put("input_tokens", SVG_INPUT)
                .put("output_tokens", SVG_OUTPUT)
                .put("reasoning_tokens", SVG_OUTPUT / 2)
                .put("total_tokens", SVG_INPUT + SVG_OUTPUT);
        extras.add(new ExtraUsage(author, "input", SVG_INPUT));
        extras.add(new ExtraUsage(author, "output", SVG_OUTPUT));
    }

    /** The tokens of a square image. */
    private static long output(JsonNode tool) {
        return switch (quality(tool)) {
            case "low" -> 272;
            case "high" -> 4160;
            default -> 1056;
        };
    }

    private static String quality(JsonNode tool) {
        String asked = tool.path("quality").asText();
        return QUALITIES.contains(asked) ? asked : "medium";
    }
}
