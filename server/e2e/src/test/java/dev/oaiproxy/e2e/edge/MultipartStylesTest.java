package dev.oaiproxy.e2e.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.proxy.relay.FormBuilder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms of common clients work, whatever their files contain. */
@Tag("server")
@Timeout(240)
final class MultipartStylesTest {
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

    static List<MultipartStyle> shapes() {
        return MultipartStyle.ALL;
    }

    /** Files that look like a part of a form, or like a whole form. */
    static List<String> contents(MultipartStyle shape) {
        String field = "Content-Disposition: form-data; name=\"file_id\"\r\n\r\nfile-1\r\n";
        return List.of(
                "",
                "\r\n",
                "--",
                "\r\n--" + shape.boundary().substring(1) + "\r\n" + field,
                String.join(
                        "\r\n",
                        "From: a@example.com",
                        "Content-Type: multipart/mixed; boundary=x",
                        "",
                        "--x",
                        "Content-Disposition: attachment; name=\"x\"; filename=y",
                        "",
                        "z",
                        "--x--",
                        ""),
                "From a\nContent-Disposition: attachment; name*=utf-8''file%5Fid\n\nx",
                "POST /v1/files HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
                        + "\r\n--x\r\n"
                        + field
                        + "--x--\r\n",
                "--" + shape.boundary() + "x\r\n" + field + "--" + shape.boundary() + "x--\r\n",
                "--%s-0\r\n%s\r\n--%s-0--\r\n".formatted(shape.boundary(), field, shape.boundary()),
                "see --" + shape.boundary() + ". and so on\0\1\2\u00ff");
    }

    static Stream<Arguments> files() {
        return shapes().stream()
                .flatMap(shape -> contents(shape).stream().map(text -> Arguments.of(shape, text)));
    }

    @ParameterizedTest
    @MethodSource("files")
    void aFileArrivesByteForByte(MultipartStyle shape, String text) {
        byte[] content = text.getBytes(ISO_8859_1);
        String id = uploaded(shape, content);
        assertThat(fetched("/files/" + id + "/content")).isEqualTo(content);
    }

    private static String uploaded(MultipartStyle shape, byte[] content) {
        HttpResponse<byte[]> answer =
                proxyFixture.send(
                        "/files", shape.contentType(), shape.bytes("purpose", "batch", content));
        assertThat(answer.statusCode()).as(ProxyFixture.text(answer)).isEqualTo(200);
        return HttpTestClient.json(ProxyFixture.text(answer)).path("id").asText();
    }

    private static byte[] fetched(String path) {
        return proxyFixture
                .site()
                .web()
                .fetch(
                        HttpRequest.newBuilder(proxyFixture.site().v1(path))
                                .header("Authorization", "Bearer " + proxyFixture.bob().secret())
                                .build())
                .body();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void aRecordingIsCharged(MultipartStyle shape) {
        byte[] form = shape.bytes("model", "whisper-1", FormBuilder.wav(2));
        proxyFixture.charged(proxyFixture.send("/audio/transcriptions", shape.contentType(), form));
        proxyFixture.assertSame("/audio/transcriptions", shape.contentType(), form);
    }

    @Test
    void whatStandsAroundAFormIsLeftAsItIs() {
        MultipartStyle shape = MultipartStyle.ALL.getFirst();
        byte[] form = shape.bytes("model", "whisper-1", FormBuilder.wav(2));
        String around = "A form follows.\r\n" + new String(form, ISO_8859_1) + "That was it.";
        proxyFixture.charged(
                proxyFixture.send(
                        "/audio/transcriptions", shape.contentType(), around.getBytes(ISO_8859_1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"image[]", "timestamp_granularities[]", "größe", "a b", "a.b[0][c]", "%22"})
    void fieldsMayHaveOddNames(String name) {
        byte[] model = "whisper-1".getBytes(UTF_8);
        FormBuilder formBuilder =
                new FormBuilder()
                        .field(name, "1")
                        .raw("Content-Disposition: form-data; name=model", model)
                        .file("file", "a.wav", FormBuilder.wav(1));
        proxyFixture.charged(proxyFixture.form("/audio/transcriptions", formBuilder));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "form-data; name=file_id",
                "form-data; name=\"%66ile_id\"",
                "form-data; name=\"x[file_id]\"",
                "form-data; name*=utf-8''x",
                "form-data; filename=x; x=\"\\\"; name=file_id; y=\"\\\"\"; name=x",
                "attachment; name=\"x\"",
                "form-data; name=",
                "form-data"
            })
    void aFieldThatMayNameAnObjectIsRefused(String disposition) {
        FormBuilder formBuilder =
                new FormBuilder().raw("Content-Disposition: " + disposition, new byte[] {'1'});
        HttpResponse<byte[]> answer = proxyFixture.form("/files", formBuilder);
        assertThat(answer.statusCode()).as(ProxyFixture.text(answer)).isEqualTo(400);
        assertThat(ProxyFixture.text(answer)).contains("invalid_request_error");
    }
}
