package dev.oaiproxy.proxy.upstream;

import static dev.oaiproxy.proxy.upstream.UpstreamFixture.LONG;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.call;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.impatient;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.post;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.read;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.settings;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.upstream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.proxy.upstream.UpstreamException.SendState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLSocketFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("server")
final class ConnectionUseTest {
    @Test
    void sendsOurSecretAndNothingThatTheCallerMayNotSay() throws Exception {
        Headers given =
                Headers.of(
                        "OpenAI-Beta",
                        "x=1",
                        "authorization",
                        "Bearer theirs",
                        "Host",
                        "evil",
                        "Content-Length",
                        "999",
                        "Expect",
                        "100-continue",
                        "accept-encoding",
                        "gzip",
                        "Connection",
                        "close",
                        "X-Client",
                        "a");
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.answer("");
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            upstream.send(new UpstreamRequest("POST", "/a?b=c", given, new byte[] {'h', 'i'}))
                    .close();

            String authority = server.base("http").getAuthority();
            assertThat(server.next())
                    .isEqualTo(
                            "POST /v1/a?b=c HTTP/1.1\r\n"
                                    + ("Host: " + authority + "\r\n")
                                    + "Authorization: Bearer sk-ours\r\n"
                                    + "Accept-Encoding: identity\r\n"
                                    + "OpenAI-Beta: x=1\r\n"
                                    + "X-Client: a\r\n"
                                    + "Content-Length: 2\r\n\r\nhi");
        }
    }

    @Test
    void sendsABodyLargerThanEveryBuffer() throws Exception {
        String body = "x".repeat(3_000_000);
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.answer("ok");
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            assertThat(call(upstream, body)).isEqualTo("ok");
            assertThat(server.next()).endsWith("\r\n\r\n" + body);
        }
    }

    @Test
    void readsARefusalThatComesBeforeTheBodyIsTaken() throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.say("HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno");
                                    peer.socket().shutdownOutput();
                                    peer.socket().getInputStream().skipNBytes(200_000);
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")));
                UpstreamResponse response = upstream.send(post("x".repeat(20_000_000)))) {
            assertThat(response.status()).isEqualTo(413);
            assertThat(read(response)).isEqualTo("no");
        }
    }

    @Test
    void retriesOnceWhenAReusedConnectionDiesBeforeAnyAnswer() throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.answer("first");
                                    peer.takeRequest();
                                },
                                peer -> {
                                    peer.takeRequest();
                                    peer.answer("second");
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            assertThat(call(upstream, "1")).isEqualTo("first");
            assertThat(call(upstream, "2")).isEqualTo("second");
            assertThat(server.next()).endsWith("1");
            assertThat(server.next()).endsWith("2");
            assertThat(server.next()).endsWith("2");
        }
    }

    @Test
    void retriesNoMoreThanOnce() throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.answer("first");
                                    peer.takeRequest();
                                },
                                ScriptedServer.Peer::takeRequest,
                                peer -> peer.answer("never reached"));
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            assertThat(call(upstream, "1")).isEqualTo("first");
            assertFails(() -> call(upstream, "2"), SendState.UNKNOWN, false);
        }
    }

    @Test
    void neverRetriesOnAFreshConnection() throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                ScriptedServer.Peer::takeRequest,
                                peer -> peer.answer("never reached"));
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            assertFails(() -> call(upstream, "1"), SendState.UNKNOWN, false);
        }
    }

    @Test
    void neverRetriesOnceAByteOfTheAnswerHasCome() throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.answer("first");
                                    peer.takeRequest();
                                    peer.say("H");
                                },
                                peer -> peer.answer("never reached"));
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            assertThat(call(upstream, "1")).isEqualTo("first");
            assertFails(() -> call(upstream, "2"), SendState.UNKNOWN, false);
        }
    }

    @Test
    void doesNotKnowTheCostOfHalfAnAnswer() throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            assertFails(() -> call(upstream, "{}"), SendState.UNKNOWN, false);
        }
    }

    @Test
    void givesUpOnASilentOpenAi() throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.seesTheEnd();
                                },
                                peer -> {
                                    peer.takeRequest();
                                    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                                    peer.seesTheEnd();
                                });
                Upstream upstream = new HttpUpstream(impatient(server.base("http")))) {
            assertFails(() -> call(upstream, "{}"), SendState.UNKNOWN, true);
            assertFails(() -> call(upstream, "{}"), SendState.UNKNOWN, true);
        }
    }

    @Test
    void givesUpOnAnOpenAiThatTakesNoBytes() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer(peer -> await(over));
                Upstream upstream = new HttpUpstream(impatient(server.base("http")))) {
            assertFails(() -> call(upstream, "x".repeat(30_000_000)), SendState.NOT_SENT, true);
        } finally {
            over.countDown();
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }

    @Test
    void knowsThatARefusedConnectionCostsNothing() throws Exception {
        URI nobody;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://127.0.0.1:" + taken.getLocalPort() + "/v1");
        }
        try (Upstream upstream = new HttpUpstream(settings(nobody))) {
            assertFails(() -> call(upstream, "{}"), SendState.NOT_SENT, false);
        }
    }

    @Test
    void knowsThatAnUnknownHostCostsNothing() throws Exception {
        try (Upstream upstream =
                new HttpUpstream(settings(URI.create("http://nobody.invalid/v1")))) {
            assertFails(() -> call(upstream, "{}"), SendState.NOT_SENT, false);
        }
    }

    @Test
    void closingAnAnswerEarlyHangsUp() throws Exception {
        CompletableFuture<Boolean> hungUp = new CompletableFuture<>();
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                                    hungUp.complete(peer.seesTheEnd());
                                },
                                peer -> {
                                    peer.takeRequest();
                                    peer.answer("another connection");
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            UpstreamResponse response = upstream.send(post("{}"));
            assertThat(response.read(new byte[2])).isEqualTo(2);
            response.close();
            response.close();
            assertThat(hungUp.join()).isTrue();
            assertThat(call(upstream, "{}")).isEqualTo("another connection");
        }
    }

    @Test
    void closingFromAnotherThreadEndsTheReading() throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.say("HTTP/1.1 200 OK\r\n\r\n");
                                    peer.seesTheEnd();
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")));
                UpstreamResponse response = upstream.send(post("{}"))) {
            Thread.ofVirtual().start(response::close);
            assertFails(() -> read(response), SendState.UNKNOWN, false);
        }
    }

    @Test
    void neverReusesAConnectionThatSaysMoreThanWasAsked() throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.say(
                                            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
                                                    + "HTTP/1.1 200 OK\r\n\r\npoison");
                                    peer.seesTheEnd();
                                },
                                peer -> {
                                    peer.takeRequest();
                                    peer.answer("clean");
                                });
                Upstream upstream = new HttpUpstream(settings(server.base("http")))) {
            assertThat(call(upstream, "{}")).isEqualTo("a");
            assertThat(call(upstream, "{}")).isEqualTo("clean");
        }
    }

    @Test
    void closesConnectionsThatAreIdleForTooLong() throws Exception {
        CompletableFuture<Boolean> hungUp = new CompletableFuture<>();
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.answer("a");
                                    hungUp.complete(peer.seesTheEnd());
                                });
                Upstream upstream =
                        upstream(settings(server.base("http")), Duration.ofMillis(20))) {
            assertThat(call(upstream, "{}")).isEqualTo("a");
            assertThat(hungUp.join()).isTrue();
        }
    }

    @Test
    void noticesThatAnIdleConnectionWasClosed() throws Exception {
        CountDownLatch checked = new CountDownLatch(1);
        SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
        try (ScriptedServer server = new ScriptedServer(peer -> await(checked))) {
            UpstreamConnection upstreamConnection =
                    new Dialer(settings(server.base("http")), tls).open();
            assertThat(upstreamConnection.isQuiet()).isTrue();
            checked.countDown();
            while (upstreamConnection.isQuiet()) {
                Thread.onSpinWait();
            }
            upstreamConnection.abort();
        }
    }

    @Test
    void opensNoMoreConnectionsThanItMay() throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                peer -> {
                                    peer.takeRequest();
                                    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na");
                                    peer.seesTheEnd();
                                });
                Upstream upstream = new HttpUpstream(impatient(server.base("http")));
                UpstreamResponse response = upstream.send(post("{}"))) {
            assertThat(response.status()).isEqualTo(200);
            assertFails(() -> call(upstream, "{}"), SendState.NOT_SENT, true);
        }
    }

    @Test
    void closingItEndsAnswersThatAreStillRead() throws Exception {
        try (ScriptedServer server =
                new ScriptedServer(
                        peer -> {
                            peer.takeRequest();
                            peer.say("HTTP/1.1 200 OK\r\n\r\n");
                            peer.seesTheEnd();
                        })) {
            Upstream upstream = new HttpUpstream(settings(server.base("http")));
            UpstreamResponse response = upstream.send(post("{}"));
            upstream.close();
            assertFails(() -> read(response), SendState.UNKNOWN, false);
            assertFails(() -> call(upstream, "{}"), SendState.NOT_SENT, false);
        }
    }

    @Test
    void namesNoSecretInItsTexts() {
        UpstreamSettings settings =
                new UpstreamSettings(URI.create("https://a.b/v1/"), "sk-1", LONG, LONG, 1);
        assertThat(settings.toString()).isEqualTo("UpstreamSettings[https://a.b/v1/]");
        assertThat(post("secret").toString()).isEqualTo("POST /chat/completions (6 bytes)");
        assertThat(Headers.of("Cookie", "secret").toString()).isEqualTo("[Cookie]");
    }

    @Test
    void refusesWhatCouldSmuggleARequest() {
        for (String path : new String[] {"a", "/a b", "/a\r\nHost: b", "/\u00e9"}) {
            assertThatThrownBy(() -> new UpstreamRequest("GET", path, Headers.NONE, new byte[0]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Headers.of("A", "b\r\nC: d"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Headers.of("A ", "b"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertFails(ThrowingCallable call, SendState sendState, boolean timeout) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        failure -> {
                            assertThat(failure.sendState()).isEqualTo(sendState);
                            assertThat(failure.isTimeout()).isEqualTo(timeout);
                        });
    }
}
