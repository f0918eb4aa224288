package dev.oaiproxy.sandbox.media;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.media.ImageRequest.ImageOperation;
import dev.oaiproxy.sandbox.model.MediaModel;

/** Finds the error that OpenAI would report for an image request. */
record ImageValidation(RequestForm form, ImageOperation operation) {
    private static final int MOST_IMAGES = 10;
    private static final int MOST_PARTIALS = 3;

    void check() {
        checkModel();
        ApiError.throwIf(form.text("prompt").isEmpty(), ApiError.missing("prompt"));
        ApiError.throwIf(
                operation == ImageOperation.EDIT && ImageRequest.images(form) == 0,
                ApiError.missing("image"));
        ApiError.throwIf(
                form.fields().has("response_format"),
                ApiError.invalid("Unknown parameter: 'response_format'.", "response_format")
                        .code("unknown_parameter"));
        checkRange("n", 1, MOST_IMAGES);
        checkRange("partial_images", 0, MOST_PARTIALS);
        ApiError.throwIf(
                !form.text("size", "auto").matches("auto|[1-9][0-9]{2,3}x[1-9][0-9]{2,3}"),
                ApiError.invalid("Invalid value for 'size'.", "size"));
        String quality = form.text("quality", "auto");
        ApiError.throwIf(
                !quality.equals("auto") && !ImageRequest.QUALITIES.contains(quality),
                ApiError.invalid("Invalid value for 'quality'.", "quality"));
    }

    private void checkModel() {
        String name = form.text("model");
        ApiError.throwIf(name.isEmpty(), ApiError.missing("model"));
        ApiError.throwIf(name.startsWith("dall-e-"), shutDown(name));
        ApiError.throwIf(
                MediaModel.named(name, MediaModel.MediaKind.IMAGE).isEmpty(),
                ApiError.invalid("Invalid value: '" + name + "'.", "model"));
    }

    static ApiError shutDown(String model) {
        return ApiError.invalid("The model `" + model + "` has been deprecated.")
                .status(404)
                .code("model_not_found");
    }

    private void checkRange(String name, int least, int most) {
        JsonNode value = form.fields().path(name);
        int number = form.fields().hasNonNull(name) ? value.asInt(-1) : least;
        ApiError.throwIf(
                number < least || number > most, ApiError.invalid("Invalid '" + name + "'.", name));
    }
}
