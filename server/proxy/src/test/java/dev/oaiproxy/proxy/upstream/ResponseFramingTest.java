package dev.oaiproxy.proxy.upstream;

import static dev.oaiproxy.proxy.upstream.UpstreamFixture.call;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.post;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.read;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.proxy.upstream.UpstreamException.SendState;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("server")
final class ResponseFramingTest {
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    @Test
    void readsAnAnswerThatComesByteByByte() throws Exception {
        String answer =
                "HTTP/1.1 429 Too Many Requests\r\nX-A: 1\r\nx-a:\t2 "
                        + "\r\nContent-Length: 5\r\n\r\nhello";
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.dribble(answer);
                                    peer.takeRequest();
                                    peer.answer("next");
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            try (UpstreamResponse first = upstream.send(post("{}"))) {
                assertThat(first.status()).isEqualTo(429);
                assertThat(first.headers().values("x-A")).containsExactly("1", "2");
                assertThat(read(first)).isEqualTo("hello");
                assertThat(first.read(new byte[1])).isEqualTo(-1);
            }
            assertThat(call(upstream, "{}")).isEqualTo("next");
        }
    }

    @Test
    void readsChunksWithExtensionsAndTrailersAndKeepsTheConnection() throws Exception {
        String body =
                "5;a=b\r\nhello\r\nA ; c=\"d\"\r\n, chunky w"
                        + "\r\n0004\r\norld\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n";
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.dribble(CHUNKED + body);
                                    peer.takeRequest();
                                    peer.say(CHUNKED + body);
                                    peer.takeRequest();
                                    peer.answer("still in step");
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            assertThat(call(upstream, "{}")).isEqualTo("hello, chunky world");
            assertThat(call(upstream, "{}")).isEqualTo("hello, chunky world");
            assertThat(call(upstream, "{}")).isEqualTo("still in step");
        }
    }

    @Test
    void givesTheFirstBytesOfAChunkBeforeTheRestIsThere() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.say(CHUNKED + "14\r\n0123456789");
                                    await(seen);
                                    peer.say("abcdefghij\r\n0\r\n\r\n");
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")));
                UpstreamResponse response = upstream.send(post("{}"))) {
            assertThat(response.read(new byte[100])).isBetween(1, 10);
            seen.countDown();
            assertThat(read(response)).endsWith("abcdefghij");
        }
    }

    @Test
    void skipsInterimAnswers() throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.say("HTTP/1.1 100 Continue\r\n\r\n");
                                    peer.say("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
                                    peer.answer("final");
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            assertThat(call(upstream, "{}")).isEqualTo("final");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200\r\nA: b\r\n\r\n"})
    void readsABodyThatEndsWithItsConnection(String head) throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.say(head + "to the end");
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            assertThat(call(upstream, "{}")).isEqualTo("to the end");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 No Content", "304 Not Modified"})
    void readsNoBodyWhereThereIsNone(String status) throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.say("HTTP/1.1 " + status + "\r\n\r\n");
                                    peer.takeRequest();
                                    peer.answer("next");
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            assertThat(call(upstream, "{}")).isEmpty();
            assertThat(call(upstream, "{}")).isEqualTo("next");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked"
                        + "\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
                "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
                "HTTP/2 200\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n"
            })
    void refusesHeadsThatCanBeReadInTwoWays(String answer) throws Exception {
        refuses(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1\r\n", "0x2\r\nab", "2\r\nabc\r\n0\r\n\r\n", "\r\n", "2\nab\n0\n\n"})
    void refusesChunksThatCanBeReadInTwoWays(String chunks) throws Exception {
        refuses(CHUNKED + chunks);
    }

    @Test
    void refusesAHeadThatDoesNotEnd() throws Exception {
        refuses("HTTP/1.1 200 OK\r\n" + ("X-A: " + "a".repeat(1000) + "\r\n").repeat(70) + "\r\n");
        refuses("HTTP/1.1 200 OK\r\nX-A: " + "a".repeat(80_000));
        refuses("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(3000));
    }

    private static void refuses(String answer) throws IOException {
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.say(answer);
                                    peer.seesTheEnd();
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            assertThatThrownBy(() -> call(upstream, "{}"))
                    .isInstanceOfSatisfying(
                            UpstreamException.class,
                            failure ->
                                    assertThat(failure.sendState()).isEqualTo(SendState.UNKNOWN));
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
