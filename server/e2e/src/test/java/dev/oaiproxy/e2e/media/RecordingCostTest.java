package dev.oaiproxy.e2e.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.recording.Recordings;
import dev.oaiproxy.proxy.relay.FormBuilder;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds and costs of recordings; the stand-in measures them like a decoder. */
@Tag("server")
@Timeout(240)
final class RecordingCostTest {
    @TempDir private static Path home;

    private static ProxyFixture proxyFixture;

    @BeforeAll
    static void start() {
        proxyFixture = ProxyFixture.in(home);
    }

    /** This also asserts that no call has cost more than was held for it. */
    @AfterAll
    static void stop() {
        proxyFixture.close();
    }

    private static Call heard(String model, byte[] file, String seconds) {
        FormBuilder form =
                new FormBuilder()
                        .file("file", "a.bin", file)
                        .field("model", model)
                        .field("prompt", "Hm [[seconds=" + seconds + "]]");
        return proxyFixture.charged(proxyFixture.form("/audio/transcriptions", form)).call();
    }

    @Test
    void holdsAnOrdinaryRecordingNearWhatItCosts() {
        byte[] file = Recordings.mp3(48_000);
        assertThat(file).hasSizeGreaterThan(20_000_000);
        Call call = heard("whisper-1", file, "1253.877");
        assertThat(call.costUsd()).isEqualTo("0.1254");
        assertThat(call.heldUsd()).isEqualTo("0.1255");
    }

    @Test
    void holdsAnUncompressedRecordingByItsRate() {
        Call call = heard("whisper-1", Recordings.wav(24_000, 48_000, 48_000 * 90), "1");
        assertThat(call.costUsd()).isEqualTo("0.009");
        assertThat(call.heldUsd()).isEqualTo("0.0091");
    }

    @Test
    void holdsWhatADecoderFindsWhateverTheHeadTells() {
        Map<String, byte[]> lies =
                Map.of(
                        "573.44", Recordings.flac(70, 8),
                        "600", Recordings.ogg(10_000, 48),
                        "580.498", Recordings.mp4(25_000, 1),
                        "1200", Recordings.webm(20_000, 1),
                        "1", Recordings.wav(24_000, 1, 480_000));
        lies.forEach(
                (seconds, file) -> {
                    Call call = heard("whisper-1", file, seconds);
                    assertThat(Usd.parse(call.heldUsd()))
                            .as(seconds)
                            .isGreaterThanOrEqualTo(Usd.parse(call.costUsd()));
                });
    }

    /**
     * 91 seconds at 15 tokens each and 6 USD per million, and the maximal output. The former hold
     * was 0.116 for each recording.
     */
    @ParameterizedTest
    @CsvSource({
        "gpt-4o-transcribe, 10, 0.0209, 0.0218",
        "gpt-4o-transcribe, 90, 0.0281, 0.0290",
        "gpt-4o-mini-transcribe, 10, 0.01048, 0.0109",
        "gpt-4o-transcribe-diarize, 10, 0.0209, 0.0218",
        // 25 minutes are above the model's limit; billed by the second they cost more.
        "gpt-4o-transcribe, 1500, 0.15, 0.151"
    })
    void holdsWhatATranscriptReadsByTheLengthOfItsSound(
            String model, int seconds, String least, String most) {
        byte[] file = Recordings.wav(8_000, 16_000, 16_000 * seconds);
        Call call = heard(model, file, String.valueOf(seconds));
        assertThat(Usd.parse(call.heldUsd())).isBetween(Usd.parse(least), Usd.parse(most));
    }

    @ParameterizedTest
    @CsvSource({
        // Each 40 seconds may be a chunk with the maximal output of the model.
        "auto, false, 0.0681, 0.069",
        "auto, true, 0.156, 0.157",
        "'{\"type\":\"server_vad\",\"prefix_padding_ms\":60000}', false, 0.156, 0.157"
    })
    void holdsWhatThePiecesOfARecordingMayCost(
            String strategy, boolean prompt, String least, String most) {
        FormBuilder form =
                new FormBuilder()
                        .file("file", "a.wav", Recordings.wav(8_000, 16_000, 16_000 * 90))
                        .field("model", "gpt-4o-transcribe")
                        .field("chunking_strategy", strategy);
        FormBuilder whole = prompt ? form.field("prompt", "Hm") : form;
        Call call = proxyFixture.charged(proxyFixture.form("/audio/transcriptions", whole)).call();
        assertThat(Usd.parse(call.heldUsd())).isBetween(Usd.parse(least), Usd.parse(most));
    }

    /** 61 seconds at 15 tokens each, the text, and the output, at 32 and 64 USD per million. */
    @Test
    void holdsAChatByTheLengthOfItsSound() {
        String sound = Base64.getEncoder().encodeToString(Recordings.wav(8_000, 16_000, 960_000));
        String body =
                """
                {"model":"gpt-audio","max_completion_tokens":100,"messages":[{"role":"user",
                "content":[{"type":"text","text":"Hm?"},{"type":"input_audio","input_audio":
                {"format":"wav","data":"%s"}}]}]}\
                """
                        .formatted(sound);
        Call call = proxyFixture.charged("/chat/completions", body).call();
        assertThat(Usd.parse(call.heldUsd())).isBetween(Usd.parse("0.03568"), Usd.parse("0.043"));
    }
}
