package dev.oaiproxy.sandbox.media;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.http.Form;
import dev.oaiproxy.sandbox.http.Problem;
import dev.oaiproxy.sandbox.model.MediaModel;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What OpenAI would refuse in a request for images. */
record ImageCheck(Form form, boolean edit) {
    private static final int MOST_IMAGES = 10;
    private static final int MOST_PARTIALS = 3;

    Optional<Problem> problem() {
        return Stream.<Supplier<Optional<Problem>>>of(
                        this::model,
                        () -> when(form.text("prompt").isEmpty(), Problem.missing("prompt")),
                        () -> when(edit && ImageOrder.images(form) == 0, Problem.missing("image")),
                        () -> when(form.fields().has("response_format"), unknownFormat()),
                        () -> range("n", 1, MOST_IMAGES),
                        () -> range("partial_images", 0, MOST_PARTIALS),
                        this::size,
                        this::quality)
                .flatMap(check -> check.get().stream())
                .findFirst();
    }

    private Optional<Problem> model() {
        String name = form.text("model");
        if (name.isEmpty()) {
            return Optional.of(Problem.missing("model"));
        }
        if (name.startsWith("dall-e-")) {
            return Optional.of(shutDown(name));
        }
        return when(
                MediaModel.named(name, MediaModel.Kind.IMAGE).isEmpty(),
                Problem.invalid("Invalid value: '" + name + "'.", "model"));
    }

    static Problem shutDown(String model) {
        return new Problem(
                404,
                "The model `" + model + "` has been deprecated.",
                "invalid_request_error",
                null,
                "model_not_found");
    }

    private static Problem unknownFormat() {
        return new Problem(
                400,
                "Unknown parameter: 'response_format'.",
                "invalid_request_error",
                "response_format",
                "unknown_parameter");
    }

    private Optional<Problem> range(String name, int least, int most) {
        JsonNode value = form.fields().path(name);
        int number = form.fields().hasNonNull(name) ? value.asInt(-1) : least;
        return when(
                number < least || number > most, Problem.invalid("Invalid '" + name + "'.", name));
    }

    private Optional<Problem> size() {
        return when(
                !form.text("size", "auto").matches("auto|[1-9][0-9]{2,3}x[1-9][0-9]{2,3}"),
                Problem.invalid("Invalid value for 'size'.", "size"));
    }

    private Optional<Problem> quality() {
        String quality = form.text("quality", "auto");
        return when(
                !quality.equals("auto") && !ImageOrder.QUALITIES.contains(quality),
                Problem.invalid("Invalid value for 'quality'.", "quality"));
    }

    private static Optional<Problem> when(boolean wrong, Problem problem) {
        return wrong ? Optional.of(problem) : Optional.empty();
    }
}
