package dev.oaiproxy.sandbox.media;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.call.BilledCall;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.EventStream;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.util.Arrays;
import java.util.Base64;

/** Handles {@code POST /v1/audio/speech}. */
record SpeechHandler(SandboxState sandbox) {
    private static final int PIECE = 9_600;

    void handle(HttpExchange exchange) {
        JsonNode body = exchange.json();
        boolean events = body.path("stream_format").asText().equals("sse");
        BilledCall call = new BilledCall(exchange, sandbox.bill(), "audio/speech", events);
        SpeechRequest.check(body);
        Directives directives = sandbox.directives(body.path("input").asText());
        SpeechRequest request = SpeechRequest.of(body, directives, sandbox.tokenizer());
        call.failIfAsked(request.model().name(), directives);
        MediaCall media =
                new MediaCall(call, request.model(), directives, sandbox.delay(directives));
        byte[] audio = request.sound().silence(request.length());
        if (events) {
            sendEvents(media, request, audio);
        } else {
            sendAudio(media, request, audio);
        }
    }

    /** Sends the audio itself, which carries no usage. */
    private static void sendAudio(MediaCall call, SpeechRequest request, byte[] audio) {
        HttpExchange exchange = call.exchange();
        exchange.startBody(request.sound().contentType());
        int limit = limit(call, audio.length);
        int sent = 0;
        while (sent < limit && exchange.pause(call.delay())) {
            int end = Math.min(sent + PIECE, limit);
            if (!exchange.write(Arrays.copyOfRange(audio, sent, end))) {
                break;
            }
            sent = end;
        }
        if (sent == limit && call.fault() == InjectedFault.STALL) {
            exchange.stall();
        }
        CallEnd ending = ending(call, sent, limit);
        call.call().charge(request.served(call, sent, audio.length), ending);
        if (ending != CallEnd.COMPLETE) {
            throw exchange.abort();
        }
        exchange.endStream();
    }

    /** The bytes that a fault lets through. */
    private static int limit(MediaCall call, int length) {
        if (call.fault() != InjectedFault.CUT && call.fault() != InjectedFault.STALL) {
            return length;
        }
        int after = call.directives().after();
        return after == 0 ? length / 2 : Math.min(after, length - 1);
    }

    private static CallEnd ending(MediaCall call, int sent, int limit) {
        if (sent < limit || call.fault() == InjectedFault.STALL) {
            return CallEnd.ABORTED;
        }
        return call.fault().ending();
    }

    private static void sendEvents(MediaCall call, SpeechRequest request, byte[] audio) {
        EventStream events = EventStream.unnamed(call.exchange(), call.directives());
        int made = 0;
        while (made < audio.length && events.pause(call.delay())) {
            int end = Math.min(made + PIECE, audio.length);
            byte[] piece = Arrays.copyOfRange(audio, made, end);
            made = end;
            if (!events.send(delta(piece))) {
                break;
            }
        }
        events.send(done(request, call.fault()));
        call.call().charge(request.served(call, made, audio.length), events.ending());
        events.end();
    }

    private static ObjectNode delta(byte[] piece) {
        return newObject()
                .put("type", "speech.audio.delta")
                .put("audio", Base64.getEncoder().encodeToString(piece));
    }

    private static ObjectNode done(SpeechRequest request, InjectedFault fault) {
        ObjectNode done = newObject().put("type", "speech.audio.done");
        int sign = fault.usageSign();
        int total = request.textTokens() + request.audioTokens();
        fault.addUsage(
                done,
                newObject()
                        .put("input_tokens", sign * request.textTokens())
                        .put("output_tokens", sign * request.audioTokens())
                        .put(
                                "total_tokens",
                                fault == InjectedFault.BAD_USAGE ? total - 1 : sign * total));
        return done;
    }
}
