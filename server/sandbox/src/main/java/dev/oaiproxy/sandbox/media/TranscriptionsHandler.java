package dev.oaiproxy.sandbox.media;

import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.RequestForm;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/** Handles {@code POST /v1/audio/transcriptions} and {@code /v1/audio/translations}. */
final class TranscriptionsHandler {
    private static final Set<String> TEXTS = Set.of("text", "srt", "vtt");

    private final SandboxState sandbox;

    TranscriptionsHandler(SandboxState sandbox) {
        this.sandbox = sandbox;
    }

    void transcribe(HttpExchange exchange) {
        answer(exchange, false);
    }

    void translate(HttpExchange exchange) {
        answer(exchange, true);
    }

    private void answer(HttpExchange exchange, boolean translation) {
        RequestForm form = RequestForm.of(exchange).orElse(RequestForm.EMPTY);
        // whisper-1 ignores the parameter stream.
        boolean stream = form.isTrue("stream") && !form.text("model").equals("whisper-1");
        String operation = translation ? "audio/translations" : "audio/transcriptions";
        BilledCall call = new BilledCall(exchange, sandbox.bill(), operation, stream);
        Optional<ApiError> problem = TranscriptionRequest.problem(form, translation);
        if (problem.isPresent()) {
            call.refuse("", problem.get());
            return;
        }
        Directives directives = sandbox.directives(form.text("prompt"));
        TranscriptionRequest order =
                TranscriptionRequest.of(form, translation, directives, sandbox);
        if (!call.failsEarly(order.model().name(), directives)) {
            answer(
                    new MediaCall(call, order.model(), directives, sandbox.delay(directives)),
                    order);
        }
    }

    private static void answer(MediaCall call, TranscriptionRequest order) {
        TranscriptFormats shapes = new TranscriptFormats(order, call.fault());
        if (call.call().stream()) {
            stream(call, order, shapes);
        } else {
            call.deliver(order.served(call, order.outputTokens()), () -> send(call, order, shapes));
        }
    }

    private static void send(MediaCall call, TranscriptionRequest order, TranscriptFormats shapes) {
        if (TEXTS.contains(order.format())) {
            byte[] text = shapes.text().getBytes(StandardCharsets.UTF_8);
            call.exchange().send("text/plain; charset=utf-8", text, call.directives());
        } else {
            call.exchange().send(shapes.json(), call.directives());
        }
    }

    private static void stream(
            MediaCall call, TranscriptionRequest order, TranscriptFormats shapes) {
        MediaEventStream events = new MediaEventStream(call.exchange(), call.directives(), false);
        int made = 0;
        while (made < order.outputTokens() && events.waits(call.delay())) {
            if (!events.emit(shapes.delta(made++))) {
                break;
            }
        }
        if (order.format().equals("diarized_json")) {
            events.emit(shapes.segment());
        }
        events.emit(shapes.done());
        call.call().charge(order.served(call, made), events.ending());
        events.end();
    }
}
