package dev.oaiproxy.proxy.upstream;

import static dev.oaiproxy.proxy.upstream.UpstreamFixture.call;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.impatient;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.post;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.read;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.proxy.upstream.UpstreamException.SendState;
import dev.oaiproxy.proxy.upstream.outbound.OutboundProxy;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Behaviour that WebClient shares with the other client, and its limits. */
@Timeout(60)
final class OpenAiClientTest {
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    /** A test in which a client talks to a server. */
    private interface Talk {
        void with(Upstream client, ScriptedServer server) throws Exception;
    }

    private static void talk(ScriptedServer.Script script, Talk talk) throws Exception {
        try (ScriptedServer server = new ScriptedServer(script, script);
                HttpUpstream upstream = new HttpUpstream(settings(server.base("http")))) {
            talk.with(new OpenAiClient(upstream), server);
        }
    }

    private static void refuses(String answer) throws Exception {
        talk(
                peer -> {
                    peer.takeRequest();
                    peer.say(answer);
                },
                (client, server) ->
                        assertThatThrownBy(() -> call(client, "{}"))
                                .isInstanceOfSatisfying(
                                        UpstreamException.class,
                                        e ->
                                                assertThat(e.sendState())
                                                        .isEqualTo(SendState.UNKNOWN)));
    }

    @Test
    void sendsTheSecretAndTheBodyAndClosesTheConnection() throws Exception {
        String large = "x".repeat(1 << 20);
        talk(
                peer -> {
                    peer.takeRequest();
                    peer.answer("one");
                    peer.seesTheEnd();
                },
                (client, server) -> {
                    assertThat(call(client, "{\"a\":1}")).isEqualTo("one");
                    assertThat(server.next())
                            .startsWith("POST /v1/chat/completions HTTP/1.1\r\n")
                            .contains("Authorization: Bearer sk-ours\r\n")
                            .contains("Accept-Encoding: identity\r\n")
                            .contains("Content-Type: application/json\r\n")
                            .doesNotContainIgnoringCase("expect:")
                            .endsWith("\r\n\r\n{\"a\":1}");
                    assertThat(call(client, large)).isEqualTo("one");
                    assertThat(server.next()).endsWith(large);
                });
    }

    @Test
    void sendsPathAndQueryOfAnObject() throws Exception {
        talk(
                peer -> {
                    peer.takeRequest();
                    peer.answer("{}");
                },
                (client, server) -> {
                    UpstreamRequest request =
                            new UpstreamRequest(
                                    "GET",
                                    "/fine_tuning/jobs/ft-a_1/events?limit=2",
                                    Headers.NONE,
                                    new byte[0]);
                    client.send(request).close();
                    assertThat(server.next())
                            .startsWith(
                                    "GET /v1/fine_tuning/jobs/ft-a_1/events?limit=2 HTTP/1.1\r\n")
                            .doesNotContainIgnoringCase("transfer-encoding");
                });
    }

    /** WebClient decodes paths and reorders queries. */
    @Test
    void refusesAPathThatItWouldChange() throws Exception {
        UpstreamRequest request =
                new UpstreamRequest("GET", "/files/a%2Fb", Headers.NONE, new byte[0]);
        talk(
                peer -> {},
                (client, server) ->
                        assertThatThrownBy(() -> client.send(request))
                                .isInstanceOf(IllegalArgumentException.class));
    }

    @Test
    void readsAnAnswerThatComesByteByByte() throws Exception {
        talk(
                peer -> {
                    peer.takeRequest();
                    peer.dribble(
                            "HTTP/1.1 429 Too Many Requests\r\nX-A: 1\r\nx-a:\t2 \r\n"
                                    + "Content-Length: 5\r\n\r\nhello");
                },
                (client, server) -> {
                    try (UpstreamResponse response = client.send(post("{}"))) {
                        assertThat(response.status()).isEqualTo(429);
                        assertThat(response.headers().values("x-A")).containsExactly("1", "2");
                        assertThat(read(response)).isEqualTo("hello");
                        assertThat(response.read(new byte[1])).isEqualTo(-1);
                    }
                });
    }

    @Test
    void readsChunksAndLeavesTheirTrailers() throws Exception {
        talk(
                peer -> {
                    peer.takeRequest();
                    peer.dribble(
                            CHUNKED + "5\r\nhello\r\nA\r\n, chunky w\r\n0\r\nX-Sum: 1\r\n\r\n");
                },
                (client, server) -> {
                    assertThat(call(client, "{}")).isEqualTo("hello, chunky w");
                    assertThat(call(client, "{}")).isEqualTo("hello, chunky w");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\nA: b\r\n\r\n"})
    void readsABodyThatEndsWithItsConnection(String head) throws Exception {
        talk(
                peer -> {
                    peer.takeRequest();
                    peer.say(head + "to the end");
                },
                (client, server) -> assertThat(call(client, "{}")).isEqualTo("to the end"));
    }

    @Test
    void readsNoBodyWhereThereIsNone() throws Exception {
        talk(
                peer -> {
                    peer.takeRequest();
                    peer.say("HTTP/1.1 204 No Content\r\n\r\n");
                },
                (client, server) -> assertThat(call(client, "{}")).isEmpty());
    }

    @Test
    void followsNoRedirect() throws Exception {
        talk(
                peer -> {
                    peer.takeRequest();
                    peer.say(
                            "HTTP/1.1 302 Found\r\nLocation: "
                                    + URI.create("http://127.0.0.1:1/")
                                    + "\r\nContent-Length: 0\r\n\r\n");
                },
                (client, server) -> {
                    try (UpstreamResponse response = client.send(post("{}"))) {
                        assertThat(response.status()).isEqualTo(302);
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
                CHUNKED + "9\r\nhello",
                CHUNKED + "5\r\nhello\r\n",
                CHUNKED + "-1\r\n\r\n",
                "HTTP/2 200\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n",
                "HTTP/1.1 200 OK\r\nA: b",
                ""
            })
    void refusesAnAnswerThatIsNotWhole(String answer) throws Exception {
        refuses(answer);
    }

    /** These differences are why relayed calls and large bodies use the other client. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfinal",
                CHUNKED + "5;a=b\r\nhello\r\n0\r\n\r\n"
            })
    void cannotReadInterimAnswersAndChunkExtensions(String answer) throws Exception {
        refuses(answer);
    }

    @Test
    void keepsAWholeChunkBeforeItGivesItsFirstByte() throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        talk(
                peer -> {
                    peer.takeRequest();
                    peer.say(CHUNKED + "14\r\n0123456789");
                    await(late);
                },
                (client, server) -> {
                    try (UpstreamResponse response = client.send(post("{}"))) {
                        Thread end = Thread.ofVirtual().start(late::countDown);
                        assertThatThrownBy(() -> response.read(new byte[100]))
                                .isInstanceOf(UpstreamException.class);
                        end.join();
                    }
                });
    }

    @Test
    void refusesAChunkThatWouldFillTheMemory() throws Exception {
        int size = OpenAiClient.LARGEST_CHUNK + (1 << 20);
        refuses(CHUNKED + Integer.toHexString(size) + "\r\n" + "x".repeat(size) + "\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/files/file-1/content", "/responses/resp_1"})
    void leavesWhatCanBeLargeToTheOtherClient(String path) throws Exception {
        talk(
                peer -> {
                    peer.takeRequest();
                    peer.say(CHUNKED + "5;a=b\r\nhello\r\n0\r\n\r\n");
                },
                (client, server) -> {
                    UpstreamRequest request =
                            new UpstreamRequest("GET", path, Headers.NONE, new byte[0]);
                    try (UpstreamResponse response = client.send(request)) {
                        assertThat(read(response)).isEqualTo("hello");
                    }
                });
    }

    @Test
    void readsALargeBodyOfALengthInPieces() throws Exception {
        int size = 2 * OpenAiClient.LARGEST_CHUNK;
        talk(
                peer -> {
                    peer.takeRequest();
                    peer.answer("x".repeat(size));
                },
                (client, server) -> {
                    try (UpstreamResponse response = client.send(post("{}"))) {
                        byte[] buffer = new byte[1 << 16];
                        long all = 0;
                        for (int n = response.read(buffer); n >= 0; n = response.read(buffer)) {
                            all += n;
                        }
                        assertThat(all).isEqualTo(size);
                    }
                });
    }

    @Test
    void isNotPatientWithSilence() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    await(done);
                                });
                HttpUpstream upstream = new HttpUpstream(impatient(server.base("http")))) {
            OpenAiClient client = new OpenAiClient(upstream);
            assertThatThrownBy(() -> call(client, "{}"))
                    .isInstanceOfSatisfying(
                            UpstreamException.class,
                            e -> {
                                assertThat(e.isTimeout()).isTrue();
                                assertThat(e.sendState()).isEqualTo(SendState.UNKNOWN);
                            });
            done.countDown();
        }
    }

    @Test
    void sharesTheBoundOnConnections() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.say(CHUNKED + "1\r\na\r\n");
                                    await(done);
                                },
                                peer -> {
                                    peer.takeRequest();
                                    peer.answer("two");
                                },
                                peer -> {
                                    peer.takeRequest();
                                    peer.answer("three");
                                });
                HttpUpstream upstream = new HttpUpstream(impatient(server.base("http")))) {
            OpenAiClient client = new OpenAiClient(upstream);
            try (UpstreamResponse first = upstream.send(post("{}"))) {
                assertThat(first.status()).isEqualTo(200);
                assertThatThrownBy(() -> call(client, "{}"))
                        .hasMessageContaining("no connection to OpenAI is free");
            }
            assertThat(call(client, "{}")).isEqualTo("two");
            assertThat(call(upstream, "{}")).isEqualTo("three");
            done.countDown();
        }
    }

    @Test
    void saysWhenNothingWasSent() {
        URI nobody = URI.create("http://127.0.0.1:1/v1");
        try (HttpUpstream upstream = new HttpUpstream(settings(nobody))) {
            OpenAiClient client = new OpenAiClient(upstream);
            assertThatThrownBy(() -> call(client, "{}"))
                    .isInstanceOfSatisfying(
                            UpstreamException.class,
                            e -> assertThat(e.sendState()).isEqualTo(SendState.NOT_SENT));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "user:pass"})
    void goesByTheProxy(String login) throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.answer("one");
                                });
                HttpProxy proxy = new HttpProxy(login.isEmpty() ? null : login);
                HttpUpstream upstream =
                        new HttpUpstream(
                                settings(server.base("http"))
                                        .by(OutboundProxy.parse(proxy.url(login))))) {
            assertThat(call(new OpenAiClient(upstream), "{}")).isEqualTo("one");
            assertThat(proxy.requests())
                    .containsExactly("POST " + server.base("http") + "/chat/completions HTTP/1.1");
            assertThat(server.next()).doesNotContainIgnoringCase("proxy-authorization");
        }
    }

    @Test
    void sendsNothingByAProxyThatRefuses() throws Exception {
        try (HttpProxy proxy = new HttpProxy("user:pass");
                HttpUpstream upstream =
                        new HttpUpstream(
                                settings(URI.create("http://127.0.0.1:1/v1"))
                                        .by(OutboundProxy.parse(proxy.url("user:wrong"))))) {
            OpenAiClient client = new OpenAiClient(upstream);
            assertThatThrownBy(() -> call(client, "{}"))
                    .isInstanceOfSatisfying(
                            UpstreamException.class,
                            e -> assertThat(e.sendState()).isEqualTo(SendState.NOT_SENT));
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }
}
