package dev.oaiproxy.sandbox.media;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Bill;
import dev.oaiproxy.sandbox.Bill.Tokens;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BatchAnswer;
import dev.oaiproxy.sandbox.call.Call.Served;
import dev.oaiproxy.sandbox.call.Sandbox;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.model.MediaModel;
import java.util.List;
import java.util.Optional;

/** Answers the requests of a batch for images. */
public record BatchedImages(Sandbox sandbox) {
    public BatchAnswer answer(JsonNode body) {
        RequestForm form = RequestForm.of(body);
        Optional<ApiError> problem = new ImageCheck(form, false).problem();
        if (problem.isPresent()) {
            return BatchAnswer.refusal(problem.get());
        }
        MediaModel model =
                MediaModel.named(form.text("model"), MediaModel.Kind.IMAGE).orElseThrow();
        ImageOrder order = ImageOrder.of(form, model, false, sandbox.tokenizer());
        Directives directives = Directives.parse(form.text("prompt"));
        long made = (long) order.count() * order.outputTokens();
        return BatchAnswer.good(
                new ImageShapes(order, directives).answer(),
                new Served(
                        model.name(),
                        "default",
                        new Tokens(order.textTokens(), 0, 0, 0, 0),
                        List.of(new Bill.Extra(model.name(), "image_output", made))));
    }
}
