package dev.oaiproxy.sandbox.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A model for images, speech or transcription. Its responses name no model. */
public record MediaModel(String name, MediaKind kind) {
    public enum MediaKind {
        IMAGE,
        SPEECH,
        TRANSCRIPTION
    }

    private static final List<MediaModel> ALL =
            List.of(
                    image("gpt-image-1"),
                    image("gpt-image-1-mini"),
                    image("gpt-image-1.5"),
                    image("gpt-image-1.5-2025-12-16"),
                    image("chatgpt-image-latest"),
                    image("gpt-image-2"),
                    image("gpt-image-2-2026-04-21"),
                    image("gpt-image-2.5-flare"),
                    image("gpt-image-2.5-sunburst"),
                    image("gpt-image-2.6-flare"),
                    image("gpt-image-2.6-sunburst"),
                    new MediaModel("tts-1", MediaKind.SPEECH),
                    new MediaModel("tts-1-1106", MediaKind.SPEECH),
                    new MediaModel("tts-1-hd", MediaKind.SPEECH),
                    new MediaModel("tts-1-hd-1106", MediaKind.SPEECH),
                    new MediaModel("gpt-4o-mini-tts", MediaKind.SPEECH),
                    new MediaModel("gpt-4o-mini-tts-2025-12-15", MediaKind.SPEECH),
                    new MediaModel("whisper-1", MediaKind.TRANSCRIPTION),
                    new MediaModel("gpt-transcribe", MediaKind.TRANSCRIPTION),
                    new MediaModel("gpt-4o-transcribe", MediaKind.TRANSCRIPTION),
                    new MediaModel("gpt-4o-mini-transcribe", MediaKind.TRANSCRIPTION),
                    new MediaModel("gpt-4o-mini-transcribe-2025-12-15", MediaKind.TRANSCRIPTION),
                    new MediaModel("gpt-4o-transcribe-diarize", MediaKind.TRANSCRIPTION));

    private static MediaModel image(String name) {
        return new MediaModel(name, MediaKind.IMAGE);
    }

    public static Stream<MediaModel> all() {
        return ALL.stream();
    }

    public static Optional<MediaModel> named(String name) {
        return all().filter(model -> model.name().equals(name)).findAny();
    }

    public static Optional<MediaModel> named(String name, MediaKind kind) {
        return named(name).filter(model -> model.kind() == kind);
    }

    /** True if the model is billed by the second or by the character, false if by tokens. */
    public boolean isBilledWhole() {
        return name.startsWith("tts-1")
                || name.equals("whisper-1")
                || name.equals("gpt-transcribe");
    }

    /** The text model of the same name, for the tokenizer. */
    public TextModel asText() {
        return new TextModel(name, name);
    }
}
