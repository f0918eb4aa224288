package dev.oaiproxy.e2e.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.app.boot.CapturedLog;
import dev.oaiproxy.app.config.ConfigException;
import dev.oaiproxy.app.tls.CertificateException;
import dev.oaiproxy.base.TestCertificate;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that speaks HTTPS by itself. */
@Tag("server")
@Timeout(120)
@Isolated
final class HttpsTest {
    private static final String LOGIN =
            "Basic "
                    + Base64.getEncoder()
                            .encodeToString(
                                    (ServerFixture.ADMIN + ":" + ServerFixture.PASSWORD)
                                            .getBytes(StandardCharsets.UTF_8));

    @TempDir Path home;

    private TestCertificate certificate;
    private ServerFixture site;

    @BeforeEach
    void start() {
        certificate = TestCertificate.make("EC");
        write(certificate);
        site =
                ServerFixture.in(
                        home,
                        Map.of(
                                "OAIPROXY_TLS_CERTIFICATE", "cert.pem",
                                "OAIPROXY_TLS_KEY", "key.pem"));
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private void write(TestCertificate taken) {
        taken.write(home.resolve("cert.pem"), home.resolve("key.pem"));
    }

    private SSLSocket connect(TestCertificate trusted) throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        trusted.trusting()
                                .getSocketFactory()
                                .createSocket("localhost", site.server().port());
        socket.setSoTimeout(15_000);
        return socket;
    }

    private URI at(String path) {
        return URI.create("https://localhost:" + site.server().port() + path);
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(certificate.trusting()).build()) {
            return client.send(request, BodyHandlers.ofString());
        }
    }

    private String createKey() throws Exception {
        HttpResponse<String> created =
                send(
                        HttpRequest.newBuilder(at(AdminApi.KEYS))
                                .header("Authorization", LOGIN)
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"user\":\"bob\"}"))
                                .build());
        return HttpTestClient.json(created).path("secret").asText();
    }

    @Test
    void tellsASlowClientWhy() throws Exception {
        site.restart(Map.of("OAIPROXY_CLIENT_TIMEOUT", "300ms"));
        try (SSLSocket socket = connect(certificate)) {
            String request =
                    "POST /v1/responses HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            + "Authorization: Bearer "
                            + createKey()
                            + "\r\nContent-Length: 100\r\n\r\n{";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            assertThat(socket.getInputStream().readNBytes(13))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("HTTP/1.1 408 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void speaksBothVersionsOfTls(String version) throws Exception {
        try (SSLSocket socket = connect(certificate)) {
            socket.setEnabledProtocols(new String[] {version});
            String head =
                    "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            // The whole response is read: the JDK's client fails here if no close_notify comes.
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 204");
            assertThat(socket.getSession().getProtocol()).isEqualTo(version);
        }
    }

    @Test
    void carriesALongAnswerAsItComes() throws Exception {
        String key = createKey();
        HttpResponse<String> answer =
                send(
                        HttpTestClient.to(at("/v1/chat/completions"), key)
                                .POST(
                                        BodyPublishers.ofString(
                                                SampleRequests.json(
                                                        "[[tokens=2000]]", SampleRequests.STREAM)))
                                .build());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).endsWith("data: [DONE]\n\n");
        assertThat(answer.body().lines().filter(line -> line.startsWith("data:")).count())
                .isGreaterThan(1000);
    }

    @Test
    void takesALargeBodyInRecordsOfAnySize() throws Exception {
        String key = createKey();
        byte[] body =
                SampleRequests.json("hello ".repeat(300_000), "")
                        .getBytes(StandardCharsets.US_ASCII);
        try (SSLSocket socket = connect(certificate)) {
            OutputStream out = socket.getOutputStream();
            String head =
                    "POST /v1/moderations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + "Content-Type: application/json\r\nAuthorization: Bearer "
                            + key
                            + "\r\nContent-Length: "
                            + body.length
                            + "\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            int size = 1;
            for (int at = 0; at < body.length; at += size) {
                size = Math.min(size * 3 + 1, 40_000);
                out.write(Arrays.copyOfRange(body, at, Math.min(at + size, body.length)));
            }
            InputStream in = socket.getInputStream();
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 400")
                    .contains("input");
        }
    }

    @Test
    void carriesAWebSocket() throws Exception {
        String key = createKey();
        CompletableFuture<String> first = new CompletableFuture<>();
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(certificate.trusting()).build()) {
            WebSocket socket =
                    client.newWebSocketBuilder()
                            .header("Authorization", "Bearer " + key)
                            .buildAsync(
                                    URI.create(
                                            at("/v1/realtime?model=gpt-realtime-2")
                                                    .toString()
                                                    .replace("https:", "wss:")),
                                    new WebSocket.Listener() {
                                        @Override
                                        public CompletionStage<?> onText(
                                                WebSocket from, CharSequence text, boolean last) {
                                            first.complete(text.toString());
                                            return CompletableFuture.completedStage(text);
                                        }
                                    })
                            .join();
            assertThat(first.join()).contains("session.");
            socket.abort();
        }
    }

    @Test
    void takesANewCertificateWhileItRuns() throws Exception {
        TestCertificate fresh = TestCertificate.make("RSA");
        write(fresh);
        site.server().reload();
        try (SSLSocket socket = connect(fresh)) {
            socket.startHandshake();
            assertThat(socket.getSession().getPeerCertificates()[0]).isEqualTo(fresh.certificate());
        }
    }

    @Test
    void keepsItsCertificateAndRaisesAnAlarmWhenTheNewOneCannotBe() throws Exception {
        Files.writeString(home.resolve("key.pem"), TestCertificate.make("EC").keyPem());
        try (CapturedLog capturedLog = CapturedLog.start()) {
            site.server().reload();
            site.server().reload();
            assertThat(capturedLog.messages())
                    .filteredOn(line -> line.startsWith("alarm=certificate_refused"))
                    .hasSize(1)
                    .allMatch(line -> line.contains("is not the key of the first certificate"));
        }
        try (SSLSocket socket = connect(certificate)) {
            socket.startHandshake();
            assertThat(socket.getSession().isValid()).isTrue();
        }
    }

    @Test
    void tellsAClientWithoutTlsToUseIt() throws Exception {
        HttpResponse<String> answer = site.web().get(URI.create(site.address() + "/health/live"));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(HttpTestClient.json(answer).at("/error/message").asText()).contains("https://");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 40})
    void aHandshakeThatStallsIsCutOffLikeAHead(int bytes) throws Exception {
        site.restart(Map.of("OAIPROXY_HEAD_TIMEOUT", "500ms"));
        byte[] start = {22, 3, 1, 1, 0, 1, 0, 0, (byte) 252, 3, 3};
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.server().port())) {
            socket.setSoTimeout(15_000);
            socket.getOutputStream().write(Arrays.copyOf(start, bytes));
            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @Test
    void aBrokenHandshakeIsNoNews() throws Exception {
        try (CapturedLog capturedLog = CapturedLog.start()) {
            try (Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), site.server().port())) {
                socket.setSoTimeout(15_000);
                socket.getOutputStream().write(new byte[] {22, 3, 3, 0, 5, 1, 0, 0, 1, 0});
                // An alert, or at least the end of the connection.
                assertThat(socket.getInputStream().readAllBytes().length).isLessThan(64);
            }
            assertThat(capturedLog.thrown()).isEmpty();
            assertThat(capturedLog.messages()).isEmpty();
        }
    }

    @Test
    void refusesAnotherHandshakeWithinAConnection() throws Exception {
        try (SSLSocket socket = connect(certificate)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.startHandshake();
            socket.startHandshake();
            socket.getOutputStream().write('G');
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(IOException.class);
        } catch (SSLException alsoFine) {
            assertThat(alsoFine).isNotNull();
        }
    }

    @Test
    void doesNotStartWithAKeyThatDoesNotFit() {
        Path other = home.resolve("other.pem");
        TestCertificate.make("EC").write(home.resolve("unused.pem"), other);
        assertThatThrownBy(() -> site.restart(Map.of("OAIPROXY_TLS_KEY", "other.pem")))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("is not the key of the first certificate");
        assertThatThrownBy(() -> site.restart(Map.of("OAIPROXY_TLS_KEY", "")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("OAIPROXY_TLS_KEY");
    }
}
