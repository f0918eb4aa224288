package dev.oaiproxy.sandbox.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponse;
import com.openai.core.http.StreamResponse;
import com.openai.models.audio.AudioResponseFormat;
import com.openai.models.audio.speech.SpeechCreateParams;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams;
import com.openai.models.audio.transcriptions.TranscriptionStreamEvent;
import com.openai.models.audio.transcriptions.TranscriptionVerbose;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageEditStreamEvent;
import com.openai.models.images.ImageGenStreamEvent;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImagesResponse;
import dev.oaiproxy.sandbox.SandboxSdk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("server")
final class MediaSdkTest {
    @AutoClose private final SandboxSdk sandbox = SandboxSdk.start();
    private final OpenAIClient client = sandbox.client();

    @TempDir private Path folder;

    private Path file(String name, byte[] content) throws Exception {
        return Files.write(folder.resolve(name), content);
    }

    private static ImageGenerateParams dot() {
        return ImageGenerateParams.builder().model("gpt-image-1").prompt("A dot").build();
    }

    private ImageEditParams blue() throws Exception {
        return ImageEditParams.builder()
                .model("gpt-image-1")
                .prompt("Blue")
                .image(file("a.png", new byte[] {1}))
                .build();
    }

    private TranscriptionCreateParams.Builder heard(String model) throws Exception {
        return TranscriptionCreateParams.builder()
                .model(model)
                .file(file("a.wav", AudioFormat.WAV.silence(Duration.ofSeconds(7))));
    }

    @Test
    void drawsAndEdits() throws Exception {
        ImagesResponse drawn = client.images().generate(dot()).validate();
        ImagesResponse edited = client.images().edit(blue()).validate();

        assertThat(drawn.usage().orElseThrow().outputTokens()).isEqualTo(4160);
        assertThat(edited.usage().orElseThrow().inputTokensDetails().imageTokens()).isEqualTo(194);
    }

    @Test
    void streamsImages() throws Exception {
        try (StreamResponse<ImageGenStreamEvent> events =
                client.images().generateStreaming(dot().toBuilder().partialImages(1).build())) {
            List<ImageGenStreamEvent> all = events.stream().toList();
            all.forEach(ImageGenStreamEvent::validate);
            assertThat(all.getLast().asGenerationCompleted().usage().outputTokens())
                    .isEqualTo(4260);
        }
        try (StreamResponse<ImageEditStreamEvent> events = client.images().editStreaming(blue())) {
            assertThat(
                            events.stream()
                                    .toList()
                                    .getLast()
                                    .validate()
                                    .asCompleted()
                                    .usage()
                                    .inputTokensDetails()
                                    .imageTokens())
                    .isEqualTo(194);
        }
    }

    @Test
    void speaks() throws Exception {
        SpeechCreateParams params =
                SpeechCreateParams.builder()
                        .model("gpt-4o-mini-tts")
                        .input("Hello [[seconds=3]]")
                        .voice("alloy")
                        .responseFormat(SpeechCreateParams.ResponseFormat.WAV)
                        .build();
        try (HttpResponse answer = client.audio().speech().create(params)) {
            byte[] audio = answer.body().readAllBytes();
            assertThat(AudioFormat.lengthOfWav(audio)).hasValue(Duration.ofSeconds(3));
        }
    }

    @Test
    void transcribes() throws Exception {
        assertThat(
                        client.audio()
                                .transcriptions()
                                .create(heard("gpt-4o-transcribe").build())
                                .validate()
                                .asTranscription()
                                .usage()
                                .orElseThrow()
                                .asTokens()
                                .totalTokens())
                .isEqualTo(66 + 16);
        TranscriptionVerbose verbose =
                client.audio()
                        .transcriptions()
                        .create(
                                heard("whisper-1")
                                        .responseFormat(AudioResponseFormat.VERBOSE_JSON)
                                        .build())
                        .validate()
                        .asVerbose();
        assertThat(verbose.usage().orElseThrow().seconds()).isEqualTo(7);
        assertThat(
                        client.audio()
                                .transcriptions()
                                .create(
                                        heard("gpt-4o-transcribe-diarize")
                                                .responseFormat(AudioResponseFormat.DIARIZED_JSON)
                                                .build())
                                .validate()
                                .asDiarized()
                                .segments())
                .hasSize(1);
    }

    @Test
    void streamsTranscripts() throws Exception {
        try (StreamResponse<TranscriptionStreamEvent> events =
                client.audio()
                        .transcriptions()
                        .createStreaming(heard("gpt-4o-transcribe").build())) {
            List<TranscriptionStreamEvent> all = events.stream().toList();
            all.forEach(TranscriptionStreamEvent::validate);
            assertThat(all.getLast().asTranscriptTextDone().usage().orElseThrow().totalTokens())
                    .isEqualTo(66 + 16);
        }
    }
}
