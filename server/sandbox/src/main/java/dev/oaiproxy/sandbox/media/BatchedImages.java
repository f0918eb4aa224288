package dev.oaiproxy.sandbox.media;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.BatchResponse;
import dev.oaiproxy.sandbox.call.BilledCall.ServedUsage;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.media.ImageRequest.ImageOperation;
import dev.oaiproxy.sandbox.model.MediaModel;
import java.util.List;
import java.util.Optional;

/** Answers the image requests of a batch. */
public record BatchedImages(SandboxState sandbox) {
    public BatchResponse answer(JsonNode body) {
        RequestForm form = RequestForm.of(body);
        Optional<ApiError> problem = new ImageValidation(form, ImageOperation.GENERATION).problem();
        if (problem.isPresent()) {
            return BatchResponse.refusal(problem.get());
        }
        MediaModel model =
                MediaModel.named(form.text("model"), MediaModel.MediaKind.IMAGE).orElseThrow();
        ImageRequest request =
                ImageRequest.of(form, model, ImageOperation.GENERATION, sandbox.tokenizer());
        Directives directives = Directives.parse(form.text("prompt"));
        long made = (long) request.count() * request.outputTokens();
        return BatchResponse.good(
                new ImageJson(request, directives).json(),
                new ServedUsage(
                        model.name(),
                        "default",
                        new TokenCounts(request.textTokens(), 0, 0, 0, 0),
                        List.of(new SandboxBill.ExtraUsage(model.name(), "image_output", made))));
    }
}
