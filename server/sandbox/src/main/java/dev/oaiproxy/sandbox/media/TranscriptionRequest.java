package dev.oaiproxy.sandbox.media;

import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxBill.ServedUsage;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.model.MediaModel;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A valid request for the transcription or translation of an audio file.
 *
 * @param format the {@code response_format}
 * @param words true for timestamps of words
 * @param segments true for timestamps of segments
 * @param outputTokens the tokens of the transcript
 * @param isBySeconds true if its usage is a duration, as it can be for a transcript with speakers
 */
record TranscriptionRequest(
        MediaModel model,
        AudioTask task,
        String format,
        boolean words,
        boolean segments,
        Duration length,
        int promptTokens,
        int outputTokens,
        boolean isBySeconds) {
    enum AudioTask {
        TRANSCRIPTION("audio/transcriptions"),
        TRANSLATION("audio/translations");

        private final String path;

        AudioTask(String path) {
            this.path = path;
        }

        String path() {
            return path;
        }
    }

    private static final int MOST_BYTES = 25 * 1024 * 1024;
    private static final Duration DEFAULT_LENGTH = Duration.ofMillis(8_470);
    private static final Set<String> WHISPER = Set.of("json", "text", "srt", "vtt", "verbose_json");
    private static final Set<String> DIARIZE = Set.of("json", "text", "diarized_json");
    private static final int TENTHS_OF_TOKENS_A_SECOND = 94;

    /** Takes the length of a WAV file, else that of the directives, else 8.47 seconds. */
    static TranscriptionRequest of(
            RequestForm form, AudioTask task, Directives directives, SandboxState sandbox) {
        MediaModel model =
                MediaModel.named(form.text("model"), MediaModel.MediaKind.TRANSCRIPTION)
                        .orElseThrow();
        String times = form.fields().path("timestamp_granularities").toString();
        byte[] file = form.file("file").orElseThrow().bytes();
        return new TranscriptionRequest(
                model,
                task,
                form.text("response_format", "json"),
                times.contains("word"),
                times.contains("segment") || !times.contains("word"),
                AudioFormat.lengthOfWav(file).or(directives::seconds).orElse(DEFAULT_LENGTH),
                sandbox.tokenizer().count(model.asText(), form.text("prompt")),
                directives.tokens().orElse(sandbox.settings().outputTokens()),
                model.isBilledWhole() || tellsSeconds(form, directives));
    }

    static void check(RequestForm form, AudioTask task) {
        String model = form.text("model");
        ApiError.throwIf(model.isEmpty(), ApiError.missing("model"));
        boolean known =
                task == AudioTask.TRANSLATION
                        ? model.equals("whisper-1")
                        : MediaModel.named(model, MediaModel.MediaKind.TRANSCRIPTION).isPresent();
        ApiError.throwIf(!known, ApiError.noSuchModel(model));
        int size = form.file("file").orElseThrow(() -> ApiError.missing("file")).bytes().length;
        ApiError.throwIf(
                size > MOST_BYTES,
                ApiError.failure(
                        413,
                        "Maximum content size limit (%d) exceeded (%d bytes read)"
                                .formatted(MOST_BYTES, size)));
        String format = form.text("response_format", "json");
        Set<String> formats =
                switch (model) {
                    case "whisper-1" -> WHISPER;
                    case "gpt-4o-transcribe-diarize" -> DIARIZE;
                    default -> Set.of("json", "text");
                };
        String message =
                "response_format '%s' is not compatible with model '%s'.".formatted(format, model);
        ApiError.throwIf(
                !formats.contains(format),
                ApiError.invalid(message, "response_format").code("unsupported_value"));
    }

    /** The charged seconds, rounded up. */
    long seconds() {
        return (length.toMillis() + 999) / 1000;
    }

    /** The tokens of the audio, at the measured rate of 66 for 7 seconds. */
    int audioTokens() {
        return Math.toIntExact((length.toMillis() * TENTHS_OF_TOKENS_A_SECOND + 9_999) / 10_000);
    }

    private static boolean tellsSeconds(RequestForm form, Directives directives) {
        boolean speakers = form.text("response_format").equals("diarized_json");
        return speakers && directives.seconds().isPresent();
    }

    /** The usage after this many tokens of the transcript. */
    ServedUsage served(MediaCall call, int made) {
        if (isBySeconds) {
            ExtraUsage heard = call.extra("seconds", seconds());
            return call.served(0, 0, List.of(heard));
        }
        return call.served(promptTokens, made, List.of(call.extra("audio_input", audioTokens())));
    }
}
