package dev.oaiproxy.e2e.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 9112, section 9.6: a server that is asked to close the connection closes it after its
 * response.
 */
@Tag("server")
@Timeout(60)
final class ConnectionCloseTest {
    @TempDir Path home;

    @ParameterizedTest
    @ValueSource(strings = {"/health/live", "/me", "/nowhere", "/admin/v1/status"})
    void connectionEndsAfterTheAnswerWhenTheClientAsksForThat(String path) throws Exception {
        try (ServerFixture site = ServerFixture.in(home);
                Socket socket =
                        new Socket(InetAddress.getLoopbackAddress(), site.server().port())) {
            String request =
                    "GET " + path + " HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            byte[] answer = socket.getInputStream().readAllBytes();
            assertThat(new String(answer, StandardCharsets.UTF_8)).startsWith("HTTP/1.1 ");
        }
    }
}
