package dev.oaiproxy.e2e.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests with ambiguous ends: data is never parsed as a request, and no buffer grows. */
@Tag("server")
@Timeout(120)
final class FramingTest {
    private static final String CHAT =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    private static final String HIDDEN =
            "GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer KEY\r\n\r\n";

    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home);
        bob = site.operator().createKey("bob", "5");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    /**
     * The statuses of all responses until the server closes the connection, or up to the last of
     * them.
     */
    private List<String> statuses(String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.server().port())) {
            socket.getOutputStream().write(text.replace("KEY", bob.secret()).getBytes(ISO_8859_1));
            socket.shutdownOutput();
            String answers = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
            return Arrays.stream(answers.split("HTTP/1\\.1 ", -1))
                    .skip(1)
                    .map(answer -> answer.substring(0, 3))
                    .toList();
        }
    }

    @Test
    void aChunkExtensionHidesNoRequest() throws Exception {
        String data = "0\r\n\r\n" + HIDDEN;
        String body =
                Integer.toHexString(data.replace("KEY", bob.secret()).length())
                        + ";a=b\r\n"
                        + data
                        + "\r\n0\r\n\r\n";
        assertThat(
                        statuses(
                                CHAT
                                        + "Authorization: Bearer KEY\r\n"
                                        + "Transfer-Encoding: chunked\r\n\r\n"
                                        + body))
                .containsExactly("400");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "zz", "ffffffffffffffff", "0x5", "+5", " 5", "5 5", "5\n", ""})
    void nothingIsReadBehindAMalformedChunk(String size) throws Exception {
        for (String key : List.of("", "Authorization: Bearer KEY\r\n")) {
            String text = CHAT + key + "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\n";
            String status = key.isEmpty() ? "401" : "400";
            assertThat(statuses(text + "hello\r\n0\r\n\r\n" + HIDDEN)).containsExactly(status);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "401, POST /v1/chat/completions",
        "404, POST /v1/nowhere",
        "401, POST /admin/v1/keys",
        "405, PUT /v1/embeddings",
        "404, POST /nowhere"
    })
    void anUnreadBodyIsNoRequest(String status, String line) throws Exception {
        for (String more : List.of("", "Expect: 100-continue\r\n")) {
            String key = status.equals("401") ? "" : "Authorization: Bearer KEY\r\n";
            String hidden = HIDDEN.replace("KEY", bob.secret());
            String head = line + " HTTP/1.1\r\nHost: x\r\n" + key + more;
            assertThat(statuses(head + "Content-Length: " + hidden.length() + "\r\n\r\n" + hidden))
                    .containsExactly(status);
            String chunked = Integer.toHexString(hidden.length()) + "\r\n" + hidden;
            assertThat(statuses(head + "Transfer-Encoding: chunked\r\n\r\n" + chunked))
                    .containsExactly(status);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, 'GET / HTTP/1.1\r\n: v'",
        "400, 'GET / HTTP/1.1\r\nA : v'",
        "400, 'GET / HTTP/1.1\r\nA: b\r\n folded'",
        "400, 'GET  / HTTP/1.1'",
        "501, 'get / HTTP/1.1'",
        "501, 'POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked'",
        "505, 'GET / HTTP/1.2'",
        "400, 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked'",
        "400, 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1'",
        "400, 'POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked'"
    })
    void aMistakeHasItsOwnStatus(String status, String head) throws Exception {
        assertThat(statuses(head + "\r\n\r\n" + HIDDEN)).containsExactly(status);
    }

    static Stream<String> endless() {
        return Stream.of("0\r\nX-A: ", "1;", "1", "0\r\n", "000");
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.MethodSource("endless")
    void aLineThatNeverEndsIsCutOff(String beginning) throws Exception {
        for (String key : List.of("", "Authorization: Bearer " + bob.secret() + "\r\n")) {
            String more =
                    beginning.equals("0\r\n") ? "A: b\r\n".repeat(10_000) : "1".repeat(60_000);
            assertThat(poured(CHAT + key + "Transfer-Encoding: chunked\r\n\r\n" + beginning, more))
                    .isLessThan(100L << 20);
        }
        assertThat(statuses(HIDDEN)).containsExactly("200");
    }

    /**
     * Repeats a text until the server closes the connection, and returns the number of accepted
     * bytes.
     */
    private long poured(String beginning, String more) throws IOException {
        long sent = 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.server().port())) {
            OutputStream out = socket.getOutputStream();
            out.write(beginning.getBytes(ISO_8859_1));
            byte[] again = more.getBytes(ISO_8859_1);
            while (sent < 1L << 30) {
                out.write(again);
                sent += again.length;
            }
        } catch (SocketException closed) {
            return sent;
        }
        return sent;
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedSoThatItsClientReadsWhy() throws Exception {
        byte[] body = new byte[40 << 20];
        Arrays.fill(body, (byte) ' ');
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.server().port())) {
            OutputStream out = socket.getOutputStream();
            String head = CHAT + "Authorization: Bearer " + bob.secret() + "\r\nContent-Length: ";
            out.write((head + body.length + "\r\n\r\n").getBytes(ISO_8859_1));
            out.write(body);
            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .startsWith("HTTP/1.1 413 ");
        }
    }
}
