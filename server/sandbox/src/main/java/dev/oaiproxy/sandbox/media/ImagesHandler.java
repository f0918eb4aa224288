package dev.oaiproxy.sandbox.media;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxBill.ServedUsage;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.BatchResponse;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.EventStream;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.media.ImageRequest.ImageOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Handles {@code POST /v1/images/generations}, {@code /edits} and {@code /variations}. */
public record ImagesHandler(SandboxState sandbox) {
    void generate(HttpExchange exchange) {
        handle(exchange, ImageOperation.GENERATION);
    }

    void edit(HttpExchange exchange) {
        handle(exchange, ImageOperation.EDIT);
    }

    /** Refuses variations, which only dall-e-2 could make. */
    void vary(HttpExchange exchange) {
        exchange.bytes();
        new BilledCall(exchange, sandbox.bill(), "images/variations")
                .refuse(ImageValidation.shutDown("dall-e-2"));
    }

    private void handle(HttpExchange exchange, ImageOperation operation) {
        Optional<RequestForm> read = RequestForm.of(exchange);
        RequestForm form = read.orElse(RequestForm.EMPTY);
        BilledCall call =
                new BilledCall(exchange, sandbox.bill(), operation.path(), form.isTrue("stream"));
        ApiError.throwIf(read.isEmpty(), ApiError.notJson());
        new ImageValidation(form, operation).check();
        ImageRequest request = ImageRequest.of(form, operation, sandbox.tokenizer());
        Directives directives = sandbox.directives(form.text("prompt"));
        call.failIfAsked(request.model().name(), directives);
        draw(new MediaCall(call, request.model(), directives, sandbox.delay(directives)), request);
    }

    private static void draw(MediaCall call, ImageRequest request) {
        ImageJson json = new ImageJson(request, call.directives());
        if (call.call().stream()) {
            stream(call, request, json);
        } else {
            int made = request.count() * request.outputTokens();
            call.deliver(
                    served(call, request, made),
                    () -> call.exchange().send(json.json(), call.directives()));
        }
    }

    private static void stream(MediaCall call, ImageRequest request, ImageJson json) {
        EventStream events =
                EventStream.named(
                        call.exchange(), call.directives(), _ -> ApiError.serverError().json());
        int made = 0;
        boolean goesOn = true;
        for (int image = 0; goesOn && image < request.count(); image++) {
            for (int partial = 0; goesOn && partial < request.partials(); partial++) {
                goesOn = events.pause(call.delay()) && events.send(json.partial(partial));
            }
            // A started image is finished and charged, even if the client has disconnected.
            made += request.outputTokens();
            goesOn = goesOn && events.pause(call.delay()) && events.send(json.completed(image));
        }
        call.call().charge(served(call, request, made), events.ending());
        events.end();
    }

    private static ServedUsage served(MediaCall call, ImageRequest request, int made) {
        List<ExtraUsage> extras = new ArrayList<>();
        if (request.imageTokens() > 0) {
            extras.add(call.extra("image_input", request.imageTokens()));
        }
        extras.add(call.extra("image_output", made));
        request.svg(call.directives())
                .ifPresent(output -> addSvg(extras, request.author(), output));
        return call.served(request.textTokens(), 0, extras);
    }

    private static void addSvg(List<ExtraUsage> extras, String author, int output) {
        extras.add(new ExtraUsage(author, "input", ImageJson.SVG_INPUT_TOKENS));
        extras.add(new ExtraUsage(author, "output", output));
    }

    public BatchResponse answerBatched(JsonNode body) {
        RequestForm form = RequestForm.of(body);
        new ImageValidation(form, ImageOperation.GENERATION).check();
        ImageRequest request =
                ImageRequest.of(form, ImageOperation.GENERATION, sandbox.tokenizer());
        Directives directives = Directives.parse(form.text("prompt"));
        long made = (long) request.count() * request.outputTokens();
        return BatchResponse.good(
                new ImageJson(request, directives).json(),
                new ServedUsage(
                        request.model().name(),
                        "default",
                        new TokenCounts(request.textTokens(), 0, 0, 0, 0),
                        List.of(
                                new SandboxBill.ExtraUsage(
                                        request.model().name(), "image_output", made))));
    }
}
