package dev.oaiproxy.sandbox.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.MultipartBody;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("server")
final class AudioTest {
    private static final byte[] SEVEN_SECONDS = AudioFormat.WAV.silence(Duration.ofSeconds(7));

    @AutoClose private final SandboxClient client = SandboxClient.start();

    private HttpResponse<String> speak(String model, String input, String more) throws Exception {
        String body =
                "{\"model\":\"%s\",\"input\":\"%s\",\"voice\":\"alloy\"%s}"
                        .formatted(model, input, more.isEmpty() ? "" : "," + more);
        return client.send(client.post("/audio/speech", body));
    }

    private String hear(String path, MultipartBody form) throws Exception {
        return client.send(form.to(client, "/audio/" + path)).body();
    }

    private static MultipartBody form(String model, String format) {
        return new MultipartBody()
                .field("model", model)
                .field("response_format", format)
                .file("file", "a.wav", SEVEN_SECONDS);
    }

    private List<ExtraUsage> charged() {
        return client.bill().entries().getLast().extras();
    }

    @ParameterizedTest
    @CsvSource({
        "mp3, audio/mpeg",
        "wav, audio/wav",
        "pcm, audio/pcm",
        "opus, audio/opus",
        "aac, audio/aac",
        "flac, audio/flac"
    })
    void speaksInEachFormatAndChargesCharacters(String format, String type) throws Exception {
        HttpResponse<String> answer =
                speak("tts-1", "Hello \uD83D\uDE00", "\"response_format\":\"" + format + "\"");

        assertThat(answer.headers().firstValue("content-type")).hasValue(type);
        assertThat(answer.headers().firstValue("transfer-encoding")).hasValue("chunked");
        assertThat(charged()).containsExactly(new ExtraUsage("tts-1", "characters", 7));
    }

    @Test
    void chargesTokensForSpeechOfTheNewerModel() throws Exception {
        speak("gpt-4o-mini-tts", "Hello world [[seconds=2.5]]", "");

        SandboxBill.BillEntry entry = client.bill().entries().getFirst();
        assertThat(entry.tokens().prompt()).isPositive();
        assertThat(charged())
                .containsExactly(new ExtraUsage("gpt-4o-mini-tts", "audio_output", 50));
    }

    @Test
    void streamsSpeechAsEventsWithUsage() throws Exception {
        HttpResponse<String> answer =
                speak("gpt-4o-mini-tts", "Hi [[seconds=1]]", "\"stream_format\":\"sse\"");

        List<String> events = SandboxClient.events(answer.body().lines().toList());
        JsonNode last = SandboxClient.JSON.readTree(events.getLast());
        assertThat(events.getFirst()).startsWith("{\"type\":\"speech.audio.delta\",\"audio\":\"");
        assertThat(last.path("type").asText()).isEqualTo("speech.audio.done");
        assertThat(last.path("usage").path("output_tokens").asInt()).isEqualTo(20);
        assertThat(client.bill().entries().getFirst().stream()).isTrue();
        assertThat(speak("tts-1", "Hi", "\"stream_format\":\"sse\"").statusCode()).isEqualTo(400);
    }

    @Test
    void cutsSpeechAndChargesWhatWasMade() {
        assertThatThrownBy(() -> speak("gpt-4o-mini-tts", "[[seconds=10 fault=cut]]", ""))
                .isInstanceOf(IOException.class);
        assertThat(client.bill().entries().getFirst().ending()).isEqualTo(CallEnd.BROKEN);
        assertThat(charged())
                .containsExactly(new ExtraUsage("gpt-4o-mini-tts", "audio_output", 100));
    }

    @Test
    void transcribesByTheToken() throws Exception {
        MultipartBody form = form("gpt-4o-transcribe", "json").field("prompt", "Hello world");
        JsonNode usage = SandboxClient.JSON.readTree(hear("transcriptions", form)).path("usage");

        assertThat(usage.path("type").asText()).isEqualTo("tokens");
        assertThat(usage.path("input_token_details").path("audio_tokens").asInt()).isEqualTo(66);
        assertThat(usage.path("input_token_details").path("text_tokens").asInt()).isEqualTo(2);
        assertThat(usage.path("input_tokens").asInt()).isEqualTo(68);
        assertThat(usage.path("output_tokens").asInt()).isEqualTo(16);
        SandboxBill.BillEntry entry = client.bill().entries().getFirst();
        assertThat(entry.tokens()).isEqualTo(new SandboxBill.TokenCounts(2, 0, 0, 16, 0));
        assertThat(charged())
                .containsExactly(new ExtraUsage("gpt-4o-transcribe", "audio_input", 66));
    }

    @Test
    void transcribesByTheSecond() throws Exception {
        for (String model : List.of("whisper-1", "gpt-transcribe")) {
            JsonNode usage =
                    SandboxClient.JSON
                            .readTree(hear("transcriptions", form(model, "json")))
                            .path("usage");
            assertThat(usage.toString()).isEqualTo("{\"type\":\"duration\",\"seconds\":7}");
            assertThat(charged()).containsExactly(new ExtraUsage(model, "seconds", 7));
        }
    }

    @Test
    void chargesEachSecondThatHasBegun() throws Exception {
        MultipartBody form =
                new MultipartBody()
                        .field("model", "whisper-1")
                        .field("response_format", "verbose_json")
                        .field("timestamp_granularities[]", "word")
                        .field("prompt", "[[seconds=7.25]]")
                        .file("file", "a.mp3", new byte[] {1});
        JsonNode answer = SandboxClient.JSON.readTree(hear("transcriptions", form));

        assertThat(answer.path("duration").decimalValue()).isEqualByComparingTo("7.25");
        assertThat(answer.path("usage").path("seconds").asInt()).isEqualTo(8);
        assertThat(answer.path("words")).hasSize(1);
        assertThat(charged()).containsExactly(new ExtraUsage("whisper-1", "seconds", 8));
    }

    @Test
    void streamsATranscript() throws Exception {
        MultipartBody form =
                form("gpt-4o-mini-transcribe", "json")
                        .field("stream", "true")
                        .field("prompt", "[[tokens=3]]");
        List<String> events = SandboxClient.events(hear("transcriptions", form).lines().toList());

        assertThat(events).hasSize(4);
        assertThat(events.getLast())
                .startsWith("{\"type\":\"transcript.text.done\",\"text\":\"This is the\"")
                .contains("\"output_tokens\":3");
        assertThat(client.bill().entries().getFirst().stream()).isTrue();
    }

    @Test
    void tellsNoUsageInTexts() throws Exception {
        assertThat(hear("transcriptions", form("whisper-1", "text"))).startsWith("This is the");
        assertThat(hear("transcriptions", form("whisper-1", "srt")))
                .startsWith("1\n00:00:00,000 --> 00:00:07,000\nThis");
        assertThat(hear("transcriptions", form("whisper-1", "vtt")))
                .startsWith("WEBVTT\n\n00:00:00.000 --> 00:00:07.000\nThis");
        assertThat(client.bill().entries())
                .allMatch(entry -> entry.extras().getFirst().quantity() == 7);
    }

    @Test
    void translatesWithoutUsage() throws Exception {
        assertThat(hear("translations", form("whisper-1", "json"))).doesNotContain("usage");
        JsonNode answer =
                SandboxClient.JSON.readTree(
                        hear("translations", form("whisper-1", "verbose_json")));
        assertThat(answer.path("duration").asInt()).isEqualTo(7);
        assertThat(answer.has("usage")).isFalse();
        assertThat(charged()).containsExactly(new ExtraUsage("whisper-1", "seconds", 7));
        assertThat(hear("translations", form("gpt-4o-transcribe", "json")))
                .contains("model_not_found");
    }

    @Test
    void refusesFormatsThatAModelLacks() throws Exception {
        assertThat(hear("transcriptions", form("gpt-4o-transcribe", "verbose_json")))
                .contains("unsupported_value");
        assertThat(hear("transcriptions", new MultipartBody().field("model", "whisper-1")))
                .contains("Missing required parameter: 'file'");
        MultipartBody large =
                new MultipartBody()
                        .field("model", "whisper-1")
                        .file("file", "a.wav", new byte[(25 << 20) + 1]);
        HttpResponse<String> answer = client.send(large.to(client, "/audio/transcriptions"));
        assertThat(answer.statusCode()).isEqualTo(413);
    }

    @Test
    void transcribesALargeFile() throws Exception {
        MultipartBody form =
                new MultipartBody()
                        .file("file", "a.wav", AudioFormat.WAV.silence(Duration.ofMinutes(9)))
                        .field("model", "whisper-1");
        assertThat(hear("transcriptions", form)).contains("\"seconds\" : 540");
    }
}
