package dev.oaiproxy.sandbox.media;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.model.MediaModel;
import dev.oaiproxy.sandbox.model.Tokenizer;
import java.util.List;
import java.util.OptionalInt;

/**
 * A valid image request.
 *
 * @param partials the partial images that a stream shows of each image
 * @param textTokens the tokens of the prompt
 * @param imageTokens the tokens of the input images
 * @param frames the frames of one image
 * @param author the model that writes the image as SVG
 */
record ImageRequest(
        MediaModel model,
        ImageOperation operation,
        int count,
        String size,
        String quality,
        String format,
        String background,
        int partials,
        int textTokens,
        int imageTokens,
        int frames,
        String author) {
    enum ImageOperation {
        GENERATION("images/generations", "image_generation."),
        EDIT("images/edits", "image_edit.");

        private final String path;
        private final String eventPrefix;

        ImageOperation(String path, String eventPrefix) {
            this.path = path;
            this.eventPrefix = eventPrefix;
        }

        String path() {
            return path;
        }

        String eventPrefix() {
            return eventPrefix;
        }
    }

    static final List<String> QUALITIES = List.of("low", "medium", "high", "xhigh", "max");

    /** Tokens by quality, for square, portrait and landscape images. */
    private static final List<List<Integer>> TOKENS =
            List.of(
                    List.of(272, 408, 400),
                    List.of(1056, 1584, 1568),
                    List.of(4160, 6240, 6208),
                    List.of(8320, 12480, 12416),
                    List.of(16640, 24960, 24832));

    private static final int USUAL_FRAMES = 9;
    private static final String USUAL_AUTHOR = "gpt-5.6-luna";
    private static final int USUAL_SVG = 400;
    private static final int PER_PARTIAL = 100;
    private static final int PER_INPUT_IMAGE = 65 + 129;
    private static final int HIGH_FIDELITY = 4160;

    static ImageRequest of(RequestForm form, ImageOperation operation, Tokenizer tokenizer) {
        MediaModel model =
                MediaModel.named(form.text("model"), MediaModel.MediaKind.IMAGE).orElseThrow();
        String size = form.text("size", "auto");
        String quality = form.text("quality", "auto");
        String background = form.text("background", "auto");
        return new ImageRequest(
                model,
                operation,
                form.fields().path("n").asInt(1),
                size.equals("auto") ? "1024x1024" : size,
                quality.equals("auto") ? "high" : quality,
                form.text("output_format", "png"),
                background.equals("auto") ? "opaque" : background,
                form.isTrue("stream") ? form.fields().path("partial_images").asInt(0) : 0,
                tokenizer.count(model.asText(), form.text("prompt")),
                operation == ImageOperation.EDIT ? imageTokens(form) : 0,
                frames(form),
                author(form));
    }

    private static String author(RequestForm form) {
        String flat = form.text("svg[model]", USUAL_AUTHOR);
        return form.fields().path("svg").path("model").asText(flat);
    }

    /** The output tokens of the SVG's author; empty if there is no SVG. */
    OptionalInt svg(Directives directives) {
        boolean plain = format.equals("svg") && directives.svg().isEmpty();
        return plain ? OptionalInt.of(USUAL_SVG) : directives.svg();
    }

    private static int frames(RequestForm form) {
        boolean gif = form.text("output_format").equals("gif");
        return gif ? form.fields().path("frame_count").asInt(USUAL_FRAMES) : 1;
    }

    private static int imageTokens(RequestForm form) {
        boolean faithful = form.text("input_fidelity").equals("high");
        return images(form) * (PER_INPUT_IMAGE + (faithful ? HIGH_FIDELITY : 0));
    }

    /** The number of input images, in JSON or in files. A mask is free. */
    static int images(RequestForm form) {
        long files =
                form.files().stream().filter(part -> part.name().matches("image(\\[])?")).count();
        return (int) files + form.fields().path("images").size();
    }

    /** The tokens of one finished image and its partial images. */
    int outputTokens() {
        return finishedTokens() + partials * PER_PARTIAL;
    }

    int finishedTokens() {
        int table = TOKENS.get(QUALITIES.indexOf(quality)).get(shape());
        // OpenAI publishes no calculator for the newer models. They count a quarter more here.
        return frames * (isOld() ? table : table * 5 / 4);
    }

    private boolean isOld() {
        return model.name().startsWith("gpt-image-1") || model.name().startsWith("chatgpt");
    }

    private int shape() {
        int by = size.indexOf('x');
        int width = Integer.parseInt(size.substring(0, by));
        int height = Integer.parseInt(size.substring(by + 1));
        return width == height ? 0 : width < height ? 1 : 2;
    }

    int inputTokens() {
        return textTokens + imageTokens;
    }

    void describe(ObjectNode response) {
        response.put("background", background)
                .put("output_format", format)
                .put("quality", quality)
                .put("size", size);
    }
}
