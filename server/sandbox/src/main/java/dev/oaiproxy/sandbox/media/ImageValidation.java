package dev.oaiproxy.sandbox.media;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.media.ImageRequest.ImageOperation;
import dev.oaiproxy.sandbox.model.MediaModel;
import java.util.List;
import java.util.Optional;

/** Finds the error that OpenAI would report for an image request. */
record ImageValidation(RequestForm form, ImageOperation operation) {
    private static final int MOST_IMAGES = 10;
    private static final int MOST_PARTIALS = 3;

    Optional<ApiError> problem() {
        return ApiError.first(
                List.of(
                        this::model,
                        () ->
                                ApiError.when(
                                        form.text("prompt").isEmpty(), ApiError.missing("prompt")),
                        () ->
                                ApiError.when(
                                        operation == ImageOperation.EDIT
                                                && ImageRequest.images(form) == 0,
                                        ApiError.missing("image")),
                        () -> ApiError.when(form.fields().has("response_format"), unknownFormat()),
                        () -> range("n", 1, MOST_IMAGES),
                        () -> range("partial_images", 0, MOST_PARTIALS),
                        this::size,
                        this::quality));
    }

    private Optional<ApiError> model() {
        String name = form.text("model");
        if (name.isEmpty()) {
            return Optional.of(ApiError.missing("model"));
        }
        if (name.startsWith("dall-e-")) {
            return Optional.of(shutDown(name));
        }
        return ApiError.when(
                MediaModel.named(name, MediaModel.MediaKind.IMAGE).isEmpty(),
                ApiError.invalid("Invalid value: '" + name + "'.", "model"));
    }

    static ApiError shutDown(String model) {
        return new ApiError(
                404,
                "The model `" + model + "` has been deprecated.",
                "invalid_request_error",
                null,
                "model_not_found");
    }

    private static ApiError unknownFormat() {
        return new ApiError(
                400,
                "Unknown parameter: 'response_format'.",
                "invalid_request_error",
                "response_format",
                "unknown_parameter");
    }

    private Optional<ApiError> range(String name, int least, int most) {
        JsonNode value = form.fields().path(name);
        int number = form.fields().hasNonNull(name) ? value.asInt(-1) : least;
        return ApiError.when(
                number < least || number > most, ApiError.invalid("Invalid '" + name + "'.", name));
    }

    private Optional<ApiError> size() {
        return ApiError.when(
                !form.text("size", "auto").matches("auto|[1-9][0-9]{2,3}x[1-9][0-9]{2,3}"),
                ApiError.invalid("Invalid value for 'size'.", "size"));
    }

    private Optional<ApiError> quality() {
        String quality = form.text("quality", "auto");
        return ApiError.when(
                !quality.equals("auto") && !ImageRequest.QUALITIES.contains(quality),
                ApiError.invalid("Invalid value for 'quality'.", "quality"));
    }
}
