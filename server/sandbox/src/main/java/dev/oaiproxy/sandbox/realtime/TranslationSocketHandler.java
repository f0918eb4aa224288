package dev.oaiproxy.sandbox.realtime;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxBill.ServedUsage;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.JsonWebSocket;
import dev.oaiproxy.sandbox.model.CannedText;
import java.util.Base64;
import java.util.List;

/** Handles {@code /v1/realtime/translations}: translates speech, charged by the second. */
final class TranslationSocketHandler implements JsonWebSocket.MessageListener {
    private static final int BYTES_PER_SECOND = 48_000;
    private static final long EXPIRES = 4_102_444_800L;

    private final SandboxState sandbox;
    private final JsonWebSocket socket;
    private final String model;
    private final RealtimeEvents events;
    private final String id;
    private long bytes;
    private boolean billed;

    TranslationSocketHandler(SandboxState sandbox, JsonWebSocket socket, String model) {
        this.sandbox = sandbox;
        this.socket = socket;
        this.model = model;
        this.events = new RealtimeEvents(sandbox);
        this.id = "sess_" + sandbox.nextId();
    }

    @Override
    public void opened() {
        socket.send(events.event("session.created").set("session", session("en")));
    }

    private ObjectNode session(String language) {
        ObjectNode session = newObject();
        session.put("id", id).put("type", "translation").put("model", model);
        session.put("expires_at", EXPIRES);
        ObjectNode audio = session.putObject("audio");
        audio.putObject("input").putNull("transcription").putNull("noise_reduction");
        audio.putObject("output").put("language", language);
        return session;
    }

    @Override
    public void received(JsonNode event) {
        switch (event.path("type").asText()) {
            case "session.update" -> {
                String language = event.at("/session/audio/output/language").asText("en");
                socket.send(events.event("session.updated").set("session", session(language)));
            }
            case "session.input_audio_buffer.append" -> translate(event.path("audio").asText());
            case "session.close" -> {
                closed();
                socket.send(events.event("session.closed"));
                socket.close(1000, "");
            }
            default ->
                    socket.send(
                            events.error(
                                    ApiError.invalid("Invalid value for 'type'.", "type"), null));
        }
    }

    private void translate(String audio) {
        bytes += Base64.getDecoder().decode(audio).length;
        long elapsed = bytes * 1000 / BYTES_PER_SECOND;
        socket.send(
                events.event("session.output_transcript.delta")
                        .put("delta", CannedText.token(0))
                        .put("elapsed_ms", elapsed));
        socket.send(
                events.event("session.output_audio.delta")
                        .put("delta", audio)
                        .put("sample_rate", 24_000)
                        .put("channels", 1)
                        .put("format", "pcm16")
                        .put("elapsed_ms", elapsed));
    }

    /** Bills the session as one entry, with seconds rounded up. */
    @Override
    public void closed() {
        if (billed) {
            return;
        }
        billed = true;
        ExtraUsage heard = new ExtraUsage(model, "seconds", Math.ceilDiv(bytes, BYTES_PER_SECOND));
        ServedUsage served = new ServedUsage(model, "default", TokenCounts.NONE, List.of(heard));
        sandbox.bill().addSocketCall(id, "realtime/translations", served, CallEnd.COMPLETE);
    }
}
