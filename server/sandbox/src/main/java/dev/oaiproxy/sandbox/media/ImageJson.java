package dev.oaiproxy.sandbox.media;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import java.time.Instant;

/** The JSON of images, in one response or in events. */
record ImageJson(ImageRequest request, Directives directives) {
    /** One red pixel. */
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8Dw"
                    + "HwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

    static final int SVG_INPUT_TOKENS = 200;

    ObjectNode json() {
        ObjectNode response = newObject().put("created", now());
        request.describe(response);
        for (int i = 0; i < request.count(); i++) {
            response.withArray("data").addObject().put("b64_json", PNG);
        }
        ObjectNode usage = usage(request.count() * request.outputTokens(), 1);
        usage.putObject("output_tokens_details")
                .put("image_tokens", request.count() * request.outputTokens())
                .put("text_tokens", 0);
        directives.fault().addUsage(response, usage);
        addSvgUsage(response);
        return response;
    }

    ObjectNode partial(int index) {
        return event("partial_image").put("partial_image_index", index);
    }

    /** The event of one finished image with its usage. The first one includes the input. */
    ObjectNode completed(int image) {
        ObjectNode event = event("completed");
        directives.fault().addUsage(event, usage(request.outputTokens(), image == 0 ? 1 : 0));
        if (image == 0) {
            addSvgUsage(event);
        }
        return event;
    }

    private ObjectNode event(String name) {
        ObjectNode event =
                newObject()
                        .put("type", request.operation().eventPrefix() + name)
                        .put("b64_json", PNG)
                        .put("created_at", now());
        request.describe(event);
        return event;
    }

    private ObjectNode usage(int output, int inputs) {
        int input = inputs * request.inputTokens();
        int sign = directives.fault().usageSign();
        ObjectNode usage = newObject();
        usage.put("input_tokens", sign * input);
        usage.putObject("input_tokens_details")
                .put(
                        "image_tokens",
                        inputs * request.imageTokens() + directives.fault().usageExcess(input))
                .put("text_tokens", inputs * request.textTokens());
        usage.put("output_tokens", sign * output);
        return usage.put("total_tokens", sign * (input + output));
    }

    private void addSvgUsage(ObjectNode response) {
        request.svg(directives)
                .ifPresent(
                        output ->
                                response.putObject("svg_usage")
                                        .put("model", request.author())
                                        .put("input_tokens", SVG_INPUT_TOKENS)
                                        .put("output_tokens", output)
                                        .put("reasoning_tokens", output / 2)
                                        .put("total_tokens", SVG_INPUT_TOKENS + output));
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }
}
