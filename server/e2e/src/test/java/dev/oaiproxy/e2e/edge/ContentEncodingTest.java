package dev.oaiproxy.e2e.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.proxy.relay.FormBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Request bodies with a {@code Content-Encoding}, at the OpenAI API and the admin API. */
@Tag("server")
@Timeout(120)
final class ContentEncodingTest {
    private static final String CHAT = "/chat/completions";

    @TempDir Path home;

    private ProxyFixture proxyFixture;

    @BeforeEach
    void start() {
        proxyFixture = ProxyFixture.in(home);
    }

    @AfterEach
    void stop() {
        proxyFixture.close();
    }

    private static byte[] encoded(String coding, byte[] plain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream encoder = encoder(coding, out)) {
            encoder.write(plain);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    private static OutputStream encoder(String coding, OutputStream out) throws IOException {
        return switch (coding) {
            case "gzip" -> new GZIPOutputStream(out);
            case "deflate" -> new DeflaterOutputStream(out);
            case "zstd" -> new ZstdOutputStreamNoFinalizer(out);
            default -> out;
        };
    }

    private HttpResponse<byte[]> send(String path, String coding, String type, byte[] body) {
        return proxyFixture
                .site()
                .web()
                .fetch(
                        HttpRequest.newBuilder(proxyFixture.site().v1(path))
                                .header("Authorization", "Bearer " + proxyFixture.bob().secret())
                                .header("Content-Type", type)
                                .header("Content-Encoding", coding)
                                .POST(BodyPublishers.ofByteArray(body))
                                .build());
    }

    private HttpResponse<byte[]> chat(String coding, byte[] body) {
        return send(CHAT, coding, "application/json", body);
    }

    @ParameterizedTest
    @CsvSource({
        "gzip, gzip",
        "x-gzip, gzip",
        "GZIP, gzip",
        "deflate, deflate",
        "zstd, zstd",
        "identity, identity"
    })
    void chargesAnEncodedCallAsAnyOther(String header, String coding) {
        byte[] body = SampleRequests.json("hello", "").getBytes(UTF_8);
        proxyFixture.charged(chat(header, encoded(coding, body)));
    }

    @Test
    void undoesSeveralCodings() {
        byte[] body = SampleRequests.json("hello", "").getBytes(UTF_8);
        proxyFixture.charged(chat("gzip, zstd", encoded("zstd", encoded("gzip", body))));
    }

    @Test
    void givesFilesOnDecoded() {
        FormBuilder formBuilder =
                new FormBuilder()
                        .field("purpose", "user_data")
                        .file("file", "a.txt", "hello".getBytes(UTF_8));
        HttpResponse<byte[]> made =
                send("/files", "gzip", FormBuilder.TYPE, encoded("gzip", formBuilder.bytes()));
        assertThat(made.statusCode()).as(ProxyFixture.text(made)).isEqualTo(200);
        assertThat(HttpTestClient.json(ProxyFixture.text(made)).path("bytes").asInt()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "gzip, br", "compress", "snappy"})
    void namesWhatItTakes(String coding) {
        HttpResponse<byte[]> answer = chat(coding, new byte[] {1, 2, 3});
        assertThat(answer.statusCode()).isEqualTo(415);
        assertThat(HttpTestClient.header(answer, "accept-encoding"))
                .isEqualTo("gzip, deflate, zstd");
        assertThat(HttpTestClient.json(ProxyFixture.text(answer)).at("/error/code").asText())
                .isEqualTo("unsupported_content_encoding");
        assertThat(HttpTestClient.json(ProxyFixture.text(answer)).at("/error/message").asText())
                .contains("gzip, deflate, zstd");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "zstd"})
    void refusesBombsAndDamage(String coding) {
        HttpResponse<byte[]> bomb = chat(coding, encoded(coding, new byte[40 << 20]));
        assertThat(bomb.statusCode()).isEqualTo(413);
        assertThat(ProxyFixture.text(bomb)).contains("request_too_large");
        HttpResponse<byte[]> damaged =
                chat(coding, SampleRequests.json("hello", "").getBytes(UTF_8));
        assertThat(damaged.statusCode()).isEqualTo(400);
        assertThat(HttpTestClient.json(ProxyFixture.text(damaged)).at("/error/message").asText())
                .contains("Content-Encoding", coding);
        assertThat(proxyFixture.site().operator().calls()).isEmpty();
    }

    @Test
    void asksForTheKeyFirst() {
        HttpRequest request =
                HttpRequest.newBuilder(proxyFixture.site().v1(CHAT))
                        .header("Content-Encoding", "br")
                        .POST(BodyPublishers.ofString("{}"))
                        .build();
        assertThat(proxyFixture.site().web().fetch(request).statusCode()).isEqualTo(401);
    }

    private HttpResponse<String> order(String coding, byte[] body) {
        return proxyFixture
                .site()
                .web()
                .send(
                        proxyFixture
                                .site()
                                .operator()
                                .request(AdminApi.KEYS)
                                .header("Content-Encoding", coding)
                                .POST(BodyPublishers.ofByteArray(body))
                                .build());
    }

    @Test
    void decodesWhatOperatorsSend() {
        byte[] body = "{\"user\":\"carol\"}".getBytes(UTF_8);
        for (String coding : new String[] {"gzip", "deflate", "zstd", "identity"}) {
            assertThat(order(coding, encoded(coding, body)).statusCode()).isEqualTo(201);
        }
        assertThat(order("br", body).statusCode()).isEqualTo(415);
        assertThat(order("gzip", body).statusCode()).isEqualTo(400);
        assertThat(order("gzip", encoded("gzip", new byte[2 << 20])).statusCode()).isEqualTo(413);
    }
}
