package dev.oaiproxy.e2e.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow and idle clients: they are disconnected, and others are served meanwhile. */
@Tag("server")
@Timeout(120)
@SuppressWarnings("NullAway.Init") // Each test starts with settings of its own.
final class SlowClientsTest {
    private static final String CHAT =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;
    private final List<Socket> sockets = new ArrayList<>();

    private void start(Map<String, String> settings) {
        site = ServerFixture.in(home, new HashMap<>(settings));
        bob = site.operator().createKey("bob", "5");
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        site.close();
    }

    private Socket connect(String text) {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.server().port());
            sockets.add(socket);
            socket.getOutputStream().write(text.replace("KEY", bob.secret()).getBytes(ISO_8859_1));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that the server sends until it closes the connection. */
    private static String answers(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (SocketException reset) {
            return "";
        }
    }

    private void assertServed() {
        String body = SampleRequests.json("hello", "");
        try (RawHttpConnection client = RawHttpConnection.chatting(site, bob.secret(), body)) {
            assertThat(client.answer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "POS",
                "GET / HTTP/1.1\r\nHost: x\r\n",
                "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /hea",
                CHAT + "Content-Length: 100\r\n\r\n",
                CHAT + "Authorization: Bearer KEY\r\nContent-Length: 100\r\n\r\n{",
                CHAT + "Authorization: Bearer KEY\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
                CHAT + "Authorization: Bearer KEY\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: 1",
                CHAT + "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n"
            })
    void cutsOffWhoeverStopsAtAnyPlace(String beginning) throws Exception {
        start(Map.of("OAIPROXY_HEAD_TIMEOUT", "200ms", "OAIPROXY_CLIENT_TIMEOUT", "200ms"));
        Socket socket = connect(beginning);
        assertThat(answers(socket)).doesNotContain("500");
        assertServed();
        assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
    }

    @Test
    void tellsSlowClientsWhy() throws Exception {
        start(Map.of("OAIPROXY_HEAD_TIMEOUT", "200ms", "OAIPROXY_CLIENT_TIMEOUT", "200ms"));
        assertThat(answers(connect("GET / HTTP/1.1\r\nHo")))
                .startsWith("HTTP/1.1 408 ")
                .contains("\"request_timeout\"");
        assertThat(
                        answers(
                                connect(
                                        CHAT
                                                + "Authorization: Bearer KEY\r\n"
                                                + "Content-Length: 9\r\n\r\n")))
                .startsWith("HTTP/1.1 408 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Expect: 100-continue\r\n"})
    void tellsSlowClientsOfConnectionsThatWereUsed(String more) throws Exception {
        start(Map.of("OAIPROXY_CLIENT_TIMEOUT", "300ms"));
        String known = "Authorization: Bearer KEY\r\n";
        Socket socket =
                connect(
                        "GET /me HTTP/1.1\r\nHost: x\r\n"
                                + known
                                + "\r\n"
                                + CHAT
                                + known
                                + more
                                + "Content-Length: 100\r\n\r\n{");
        assertThat(answers(socket))
                .startsWith("HTTP/1.1 200 ")
                .contains("HTTP/1.1 408 ", "\"request_timeout\"");
        assertServed();
    }

    @Test
    void cutsOffIdleConnections() throws Exception {
        start(Map.of("OAIPROXY_IDLE_TIMEOUT", "200ms"));
        String answer = answers(connect("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"));
        assertThat(answer).startsWith("HTTP/1.1 20");
    }

    @Test
    void cutsOffABodyThatDrips() throws Exception {
        start(Map.of("OAIPROXY_LEAST_BODY_RATE", "1000000"));
        Socket socket =
                connect(CHAT + "Authorization: Bearer KEY\r\nContent-Length: 1000000\r\n\r\n{");
        Thread dripping =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        while (true) {
                                            socket.getOutputStream().write(' ');
                                            Thread.onSpinWait();
                                        }
                                    } catch (IOException closed) {
                                        return;
                                    }
                                });
        answers(socket);
        dripping.join();
        assertServed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "POS",
                "GET / HTTP/1.1\r\nX: ",
                CHAT + "Content-Length: 100000\r\n\r\n",
                CHAT + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
            })
    void servesOthersWhileAHundredSocketsSayNothing(String beginning) {
        start(Map.of("OAIPROXY_MAX_CONNECTIONS", "40"));
        for (int i = 0; i < 100; i++) {
            connect(beginning);
            if (i % 10 == 0) {
                assertServed();
            }
        }
        assertServed();
    }

    @Test
    void knownClientsOfOneAddressAreBounded() throws Exception {
        // One of the connections is the operator's, who created bob's key.
        start(Map.of("OAIPROXY_MAX_CONNECTIONS_PER_ADDRESS", "4"));
        for (int i = 0; i < 3; i++) {
            Socket slow =
                    connect(
                            CHAT
                                    + "Authorization: Bearer KEY\r\nExpect: 100-continue\r\n"
                                    + "Content-Length: 100\r\n\r\n");
            // The server waits for the body, so it knows the key.
            assertThat(slow.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 100");
        }
        Socket last = connect(CHAT + "Authorization: Bearer KEY\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(answers(last))
                .startsWith("HTTP/1.1 429 ")
                .contains("Retry-After: ", "too_many_connections");
    }

    @Test
    void countsTheClientsBehindATrustedProxy() throws Exception {
        start(
                Map.of(
                        "OAIPROXY_MAX_CONNECTIONS_PER_ADDRESS", "2",
                        "OAIPROXY_TRUSTED_PROXIES", "127.0.0.0/8, ::1"));
        String start =
                CHAT + "Authorization: Bearer KEY\r\nX-Forwarded-For: 10.0.0.1, 192.0.2.%s\r\n";
        String awaited = start + "Expect: 100-continue\r\nContent-Length: 100\r\n\r\n";
        for (int i = 0; i < 2; i++) {
            Socket slow = connect(awaited.formatted("7"));
            assertThat(slow.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 100");
        }
        assertThat(answers(connect(awaited.formatted("7")))).startsWith("HTTP/1.1 429 ");
        Socket other = connect(awaited.formatted("8"));
        assertThat(other.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 100");
    }
}
