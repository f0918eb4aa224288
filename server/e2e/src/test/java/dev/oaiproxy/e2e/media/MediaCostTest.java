package dev.oaiproxy.e2e.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.relay.FormBuilder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cost of images, speech and transcripts. */
@Tag("server")
@Timeout(240)
public final class MediaCostTest {
    @TempDir private static Path home;

    private static ProxyFixture proxyFixture;

    @BeforeAll
    static void start() {
        proxyFixture = ProxyFixture.in(home);
    }

    @AfterAll
    static void stop() {
        proxyFixture.close();
    }

    public static final byte[] PIXEL =
            Base64.getDecoder()
                    .decode(
                            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNo"
                                    + "AAAAggCBd81ytgAAAABJRU5ErkJggg==");

    private static String draw(String model, String text, String more) {
        return "{\"model\":\"%s\",\"prompt\":\"%s\"%s}".formatted(model, text, more);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",\"n\":3,\"quality\":\"low\"",
                ",\"size\":\"1536x1024\",\"quality\":\"medium\"",
                ",\"stream\":true",
                ",\"stream\":true,\"partial_images\":3"
            })
    void draws(String more) {
        for (String model : new String[] {"gpt-image-1.5", "gpt-image-2", "gpt-image-1-mini"}) {
            proxyFixture.charged("/images/generations", draw(model, "A dot", more));
        }
        proxyFixture.assertSame("/images/generations", draw("gpt-image-2", "A dot", more));
    }

    @Test
    void drawsByTheModelOfThePriceBookWhereNoneIsNamed() {
        CallDetail made = proxyFixture.charged("/images/generations", "{\"prompt\":\"A dot\"}");
        assertThat(made.call().model()).isEqualTo("gpt-image-2.6-sunburst");
        assertThat(made.request()).contains("\"model\":\"gpt-image-2.6-sunburst\"");
        FormBuilder edit = new FormBuilder().field("prompt", "A dot").file("image", "a.png", PIXEL);
        CallDetail edited = proxyFixture.charged(proxyFixture.form("/images/edits", edit));
        assertThat(edited.call().model()).isEqualTo("gpt-image-2.6-sunburst");
    }

    @Test
    void tellsWhatADrawingHasCost() {
        proxyFixture.told("/images/generations", draw("gpt-image-2", "A dot", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"stream\":true"})
    void chargesTheSecondModelThatDrawsAsSvg(String more) {
        CallDetail call =
                proxyFixture.charged(
                        "/images/generations",
                        draw("gpt-image-2.5-flare", "A dot [[svg=300]]", more));
        assertThat(call.lines()).extracting(line -> line.unit()).contains("output", "image_output");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"stream\":true,\"partial_images\":1", ",\"n\":2"})
    void editsAsJson(String more) {
        String images =
                ",\"images\":[{\"image_url\":\"data:image/png;base64,"
                        + Base64.getEncoder().encodeToString(PIXEL)
                        + "\"}]"
                        + more;
        CallDetail call =
                proxyFixture.charged("/images/edits", draw("gpt-image-1.5", "Blue", images));
        assertThat(call.lines()).extracting(line -> line.unit()).contains("image_input");
        proxyFixture.assertSame("/images/edits", draw("gpt-image-1.5", "Blue", images));
    }

    private static FormBuilder blue() {
        return new FormBuilder()
                .file("image[]", "a.png", PIXEL)
                .field("prompt", "Blue")
                .field("model", "gpt-image-2")
                .file("image[]", "b.png", PIXEL)
                .file("mask", "m.png", PIXEL);
    }

    @Test
    void editsAForm() {
        proxyFixture.charged(proxyFixture.form("/images/edits", blue()));
        proxyFixture.charged(proxyFixture.form("/images/edits", blue().field("n", "2")));
        proxyFixture.assertSame("/images/edits", FormBuilder.TYPE, blue().bytes());
        FormBuilder streamed = blue().field("stream", "true").field("partial_images", "2");
        proxyFixture.charged(proxyFixture.form("/images/edits", streamed));
        proxyFixture.assertSame("/images/edits", FormBuilder.TYPE, streamed.bytes());
    }

    private static String say(String model, String text, String more) {
        return "{\"model\":\"%s\",\"input\":\"%s\",\"voice\":\"alloy\"%s}"
                .formatted(model, text, more);
    }

    @ParameterizedTest
    @CsvSource({
        "mp3,audio/mpeg",
        "opus,audio/opus",
        "aac,audio/aac",
        "flac,audio/flac",
        "wav,audio/wav",
        "pcm,audio/pcm"
    })
    void speaks(String format, String type) {
        String more = ",\"response_format\":\"" + format + "\"";
        for (String model : new String[] {"tts-1", "tts-1-hd", "gpt-4o-mini-tts"}) {
            String body = say(model, "Good day \u00fc [[seconds=3]]", more);
            HttpResponse<byte[]> here = proxyFixture.json("/audio/speech", body);
            proxyFixture.charged(here);
            HttpResponse<byte[]> there =
                    proxyFixture.direct(
                            "/audio/speech",
                            "application/json",
                            body.getBytes(StandardCharsets.UTF_8));
            assertThat(Arrays.equals(here.body(), there.body())).as(model).isTrue();
            assertThat(HttpTestClient.header(here, "content-type")).isEqualTo(type);
        }
    }

    @Test
    void speaksInEventsWhereTheyAreAskedFor() {
        String body = say("gpt-4o-mini-tts", "Good day", ",\"stream_format\":\"sse\"");
        proxyFixture.assertSame("/audio/speech", body);
        assertThat(ProxyFixture.text(proxyFixture.json("/audio/speech", body)))
                .contains("speech.audio.done");
    }

    @Test
    void asksForEventsToLearnTheCostAndChangesNothingElse() {
        String body = say("gpt-4o-mini-tts", "Good day", " , \"speed\" : 1.50");
        CallDetail call = proxyFixture.charged("/audio/speech", body);
        assertThat(call.request()).isEqualTo("{\"stream_format\":\"sse\"," + body.substring(1));
    }

    private static FormBuilder heard(String model) {
        return new FormBuilder().file("file", "a.wav", FormBuilder.wav(7)).field("model", model);
    }

    @ParameterizedTest
    @CsvSource({
        "whisper-1,json,application/json",
        "whisper-1,verbose_json,application/json",
        "whisper-1,text,'text/plain; charset=utf-8'",
        "whisper-1,srt,'text/plain; charset=utf-8'",
        "whisper-1,vtt,'text/plain; charset=utf-8'",
        "gpt-4o-transcribe,json,application/json",
        "gpt-4o-transcribe,text,'text/plain; charset=utf-8'",
        "gpt-4o-mini-transcribe,json,application/json",
        "gpt-4o-transcribe-diarize,diarized_json,application/json",
        "gpt-4o-transcribe-diarize,text,'text/plain; charset=utf-8'"
    })
    void transcribes(String model, String format, String type) {
        FormBuilder formBuilder =
                heard(model).field("prompt", "Hm").field("response_format", format);
        HttpResponse<byte[]> here = proxyFixture.form("/audio/transcriptions", formBuilder);
        CallDetail call = proxyFixture.charged(here);
        assertThat(HttpTestClient.header(here, ProxyFixture.COST)).isEqualTo(call.call().costUsd());
        assertThat(HttpTestClient.header(here, "content-type")).isEqualTo(type);
        proxyFixture.assertSame("/audio/transcriptions", FormBuilder.TYPE, formBuilder.bytes());
    }

    @Test
    void chargesATranscriptWithSpeakersByTheMinute() {
        FormBuilder formBuilder =
                new FormBuilder()
                        .file("file", "a.wav", FormBuilder.wav(43))
                        .field("model", "gpt-4o-transcribe-diarize")
                        .field("response_format", "diarized_json")
                        .field("prompt", "[[seconds=43]]");
        CallDetail call =
                proxyFixture.charged(proxyFixture.form("/audio/transcriptions", formBuilder));
        assertThat(call.lines()).extracting(line -> line.unit()).containsExactly("seconds");
        assertThat(call.call().costUsd()).isEqualTo("0.0043");
        assertThat(Usd.parse(call.call().heldUsd()))
                .isGreaterThanOrEqualTo(Usd.parse("0.0043"))
                .isLessThan(Usd.parse("0.2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"whisper-1", "gpt-4o-transcribe", "gpt-4o-transcribe-diarize"})
    void transcribesInEvents(String model) {
        FormBuilder formBuilder = heard(model).field("stream", "true");
        proxyFixture.charged(proxyFixture.form("/audio/transcriptions", formBuilder));
        proxyFixture.assertSame("/audio/transcriptions", FormBuilder.TYPE, formBuilder.bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "json", "verbose_json", "text", "srt", "vtt"})
    void translates(String format) {
        FormBuilder formBuilder = heard("whisper-1");
        formBuilder = format.isEmpty() ? formBuilder : formBuilder.field("response_format", format);
        HttpResponse<byte[]> here = proxyFixture.form("/audio/translations", formBuilder);
        CallDetail call = proxyFixture.charged(here);
        HttpResponse<byte[]> there =
                proxyFixture.direct("/audio/translations", FormBuilder.TYPE, formBuilder.bytes());

        assertThat(call.lines()).extracting(line -> line.quantity()).containsExactly(7L);
        assertThat(HttpTestClient.header(here, "content-type"))
                .isEqualTo(HttpTestClient.header(there, "content-type"));
        if (format.isEmpty() || format.equals("json")) {
            assertThat(HttpTestClient.json(ProxyFixture.text(here)))
                    .isEqualTo(HttpTestClient.json(ProxyFixture.text(there)));
        } else {
            assertThat(ProxyFixture.text(here)).isEqualTo(ProxyFixture.text(there));
        }
    }
}
