package dev.oaiproxy.sandbox.media;

import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.EventStream;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.media.TranscriptionRequest.AudioTask;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Handles {@code POST /v1/audio/transcriptions} and {@code /v1/audio/translations}. */
record TranscriptionsHandler(SandboxState sandbox) {
    private static final Set<String> TEXTS = Set.of("text", "srt", "vtt");

    void transcribe(HttpExchange exchange) {
        handle(exchange, AudioTask.TRANSCRIPTION);
    }

    void translate(HttpExchange exchange) {
        handle(exchange, AudioTask.TRANSLATION);
    }

    private void handle(HttpExchange exchange, AudioTask task) {
        RequestForm form = RequestForm.of(exchange).orElse(RequestForm.EMPTY);
        // whisper-1 ignores the parameter stream.
        boolean stream = form.isTrue("stream") && !form.text("model").equals("whisper-1");
        BilledCall call = new BilledCall(exchange, sandbox.bill(), task.path(), stream);
        TranscriptionRequest.check(form, task);
        Directives directives = sandbox.directives(form.text("prompt"));
        TranscriptionRequest request = TranscriptionRequest.of(form, task, directives, sandbox);
        call.failIfAsked(request.model().name(), directives);
        send(new MediaCall(call, request.model(), directives, sandbox.delay(directives)), request);
    }

    private static void send(MediaCall call, TranscriptionRequest request) {
        TranscriptFormats json = new TranscriptFormats(request, call.fault());
        if (call.call().stream()) {
            stream(call, request, json);
        } else {
            call.deliver(
                    request.served(call, request.outputTokens()),
                    () -> sendWhole(call, request, json));
        }
    }

    private static void sendWhole(
            MediaCall call, TranscriptionRequest request, TranscriptFormats json) {
        if (TEXTS.contains(request.format())) {
            byte[] text = json.text().getBytes(StandardCharsets.UTF_8);
            call.exchange().send("text/plain; charset=utf-8", text, call.directives());
        } else {
            call.exchange().send(json.json(), call.directives());
        }
    }

    private static void stream(
            MediaCall call, TranscriptionRequest request, TranscriptFormats json) {
        EventStream events = EventStream.unnamed(call.exchange(), call.directives());
        int made = 0;
        while (made < request.outputTokens() && events.pause(call.delay())) {
            if (!events.send(json.delta(made++))) {
                break;
            }
        }
        if (request.format().equals("diarized_json")) {
            events.send(json.segment());
        }
        events.send(json.done());
        call.call().charge(request.served(call, made), events.ending());
        events.end();
    }
}
