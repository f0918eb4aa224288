package dev.oaiproxy.e2e.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.request.picture.SamplePictures;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds and costs of calls with images and files; no cost exceeds its hold. */
@Tag("server")
@Timeout(240)
final class PictureCostTest {
    private static final String SQUARE = SamplePictures.url(SamplePictures.png(1_024, 1_024));

    @TempDir private static Path home;

    private static ProxyFixture proxyFixture;
    private static int users;

    @BeforeAll
    static void start() {
        proxyFixture = ProxyFixture.in(home);
    }

    @AfterAll
    static void stop() {
        proxyFixture.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-6.2-astra",
                "gpt-6.2-sol",
                "gpt-6.1-sol",
                "gpt-6.1-terra",
                "gpt-6-luna",
                "gpt-5.6-sol",
                "gpt-5.6-terra",
                "gpt-5.6-luna",
                "gpt-5.5",
                "gpt-5.4",
                "gpt-5.4-mini",
                "gpt-5.1",
                "gpt-4.1",
                "gpt-4o",
                "gpt-4o-mini"
            })
    void aPictureGoesThroughWithTenCents(String model) {
        CallDetail chat = call("0.10", "/chat/completions", chat(model, SQUARE, ""));
        assertThat(held(chat)).isLessThanOrEqualTo(Usd.parse("0.10"));
        call("0.10", "/chat/completions", chat(model, SQUARE, ",\"detail\":\"low\""));
        call("0.10", "/responses", response(model, SQUARE, ",\"detail\":\"high\""));
    }

    /** An image at a URL is held at the maximum for any image; no tokens are counted. */
    @ParameterizedTest
    @CsvSource({"gpt-5.5, 0.10", "gpt-4o, 0.05", "gpt-5.6-luna, 0.03", "gpt-6.2-astra, 0.90"})
    void aPictureAtAnAddressIsBounded(String model, String usd) {
        call(usd, "/chat/completions", chat(model, "https://example.com/a.png", ""));
        call(usd, "/responses", response(model, "https://example.com/a.png", ""));
    }

    /** An image of a few bytes may cost a lot, and is refused if the balance is too small. */
    @Test
    void aLargePictureOfFewBytesIsHeldInFull() {
        String large = SamplePictures.url(SamplePictures.png(5_000, 6_000));
        assertThat(send("0.10", "/chat/completions", chat("gpt-6.2-astra", large, "")).statusCode())
                .isEqualTo(429);
        CallDetail call = call("2", "/chat/completions", chat("gpt-6.2-astra", large, ""));
        assertThat(Usd.parse(String.valueOf(call.call().costUsd())))
                .isGreaterThan(Usd.parse("0.25"));
    }

    /** Input without a bound is counted by OpenAI, in chats and responses. */
    @Test
    void aFileOfAChatIsCounted() {
        String file = "data:application/pdf;base64," + "A".repeat(3_000);
        String body =
                """
                {"model":"gpt-5.5","messages":[{"role":"user","content":[
                {"type":"text","text":"what is this"},
                {"type":"file","file":{"filename":"a.pdf","file_data":"%s"}}]}]%s}\
                """;
        call("0.10", "/chat/completions", body.formatted(file, ""));
        // It contains a member that is unknown to responses.
        String odd =
                body.formatted(file, ",\"prediction\":{\"type\":\"content\",\"content\":\"x\"}");
        assertThat(send("0.10", "/chat/completions", odd).statusCode()).isEqualTo(429);
    }

    private static String chat(String model, String url, String detail) {
        return """
        {"model":"%s","messages":[{"role":"user","content":[{"type":"text","text":"what is this"},
        {"type":"image_url","image_url":{"url":"%s"%s}}]}]}\
        """
                .formatted(model, url, detail);
    }

    private static String response(String model, String url, String detail) {
        return """
        {"model":"%s","input":[{"role":"user","content":[{"type":"input_text","text":"hi"},
        {"type":"input_image","image_url":"%s"%s}]}]}\
        """
                .formatted(model, url, detail);
    }

    private static Usd held(CallDetail call) {
        return Usd.parse(call.call().heldUsd());
    }

    private static CallDetail call(String usd, String path, String body) {
        return proxyFixture.charged(send(usd, path, body));
    }

    private static HttpResponse<byte[]> send(String usd, String path, String body) {
        users++;
        String key = proxyFixture.site().operator().createKey("user-" + users, usd).secret();
        return proxyFixture
                .site()
                .web()
                .fetch(
                        HttpRequest.newBuilder(proxyFixture.site().v1(path))
                                .header("Authorization", "Bearer " + key)
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build());
    }
}
