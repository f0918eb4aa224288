package dev.oaiproxy.sandbox.media;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxBill.ServedUsage;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.model.MediaModel;
import dev.oaiproxy.sandbox.model.Tokenizer;
import java.time.Duration;
import java.util.List;

/**
 * A valid speech request.
 *
 * @param length the length of the audio
 */
record SpeechRequest(
        MediaModel model, AudioFormat sound, int characters, int textTokens, Duration length) {
    private static final int MOST_CHARACTERS = 4096;
    private static final int MILLIS_A_CHARACTER = 60;
    private static final int MILLIS_A_TOKEN = 50;

    static SpeechRequest of(JsonNode body, Directives directives, Tokenizer tokenizer) {
        MediaModel model =
                MediaModel.named(body.path("model").asText(), MediaModel.MediaKind.SPEECH)
                        .orElseThrow();
        String input = body.path("input").asText();
        int characters = input.codePointCount(0, input.length());
        int instructions = tokenizer.count(model.asText(), body.path("instructions").asText(""));
        return new SpeechRequest(
                model,
                AudioFormat.named(body.path("response_format").asText("mp3")).orElseThrow(),
                characters,
                instructions + tokenizer.count(model.asText(), input),
                directives
                        .seconds()
                        .orElse(Duration.ofMillis((long) characters * MILLIS_A_CHARACTER)));
    }

    static void check(JsonNode body) {
        ApiError.throwIf(!body.isObject(), ApiError.notJson());
        String model = body.path("model").asText("");
        ApiError.throwIf(model.isEmpty(), ApiError.missing("model"));
        ApiError.throwIf(
                MediaModel.named(model, MediaModel.MediaKind.SPEECH).isEmpty(),
                ApiError.noSuchModel(model));
        String input = body.path("input").asText("");
        ApiError.throwIf(input.isEmpty(), ApiError.missing("input"));
        ApiError.throwIf(!body.hasNonNull("voice"), ApiError.missing("voice"));
        ApiError.throwIf(
                input.length() > MOST_CHARACTERS,
                ApiError.invalid("Invalid 'input': string too long.", "input"));
        String format = body.path("response_format").asText("mp3");
        ApiError.throwIf(AudioFormat.named(format).isEmpty(), invalid("response_format"));
        String stream = body.path("stream_format").asText("audio");
        ApiError.throwIf(
                !stream.equals("audio") && (model.startsWith("tts-1") || !stream.equals("sse")),
                invalid("stream_format"));
    }

    private static ApiError invalid(String param) {
        return ApiError.invalid("Invalid value for '" + param + "'.", param);
    }

    int audioTokens() {
        return Math.toIntExact((length.toMillis() + MILLIS_A_TOKEN - 1) / MILLIS_A_TOKEN);
    }

    /** The usage after some of the bytes. */
    ServedUsage served(MediaCall call, long made, long all) {
        if (model.isBilledWhole()) {
            ExtraUsage spoken = call.extra("characters", characters);
            return call.served(0, 0, List.of(spoken));
        }
        long tokens = (audioTokens() * made + all - 1) / all;
        return call.served(textTokens, 0, List.of(call.extra("audio_output", tokens)));
    }
}
