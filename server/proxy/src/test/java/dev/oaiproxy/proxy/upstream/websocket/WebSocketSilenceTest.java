package dev.oaiproxy.proxy.upstream.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.ScriptedServer;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamFixture;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A silent WebSocket of OpenAI: a slow model, or a dead connection. */
@Timeout(60)
@Tag("server")
final class WebSocketSilenceTest {
    private static final Duration PATIENCE = Duration.ofMillis(300);
    private static final Pattern NONCE = Pattern.compile("(?i)sec-websocket-key: *(\\S+)");
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int PING = 0x89;
    private static final String PONG = "\u008a\u0000";
    private static final String HI = "\u0081\u0002hi";

    private static void shakeHands(ScriptedServer.Peer peer) throws IOException {
        peer.takeRequest();
        Matcher nonce = NONCE.matcher(peer.requests().remove());
        assertThat(nonce.find()).isTrue();
        peer.say(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Accept: "
                        + acceptance(nonce.group(1))
                        + "\r\n\r\n");
    }

    private static String acceptance(String nonce) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder()
                    .encodeToString(sha1.digest((nonce + GUID).getBytes(ISO_8859_1)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static UpstreamWebSocket open(WebSocketClient webSocketClient)
            throws UpstreamException {
        return ((HandshakeResult.Opened)
                        webSocketClient.open(
                                "/realtime", Headers.NONE, new ByteBudget(1 << 20).lease()))
                .socket();
    }

    @Test
    void isTheEndWhenNoSignOfLifeComes() throws Exception {
        ScriptedServer.Script dead =
                peer -> {
                    shakeHands(peer);
                    while (!peer.seesTheEnd()) {
                        // The peer does not answer pings.
                    }
                };
        try (ScriptedServer server = new ScriptedServer(dead);
                WebSocketClient webSocketClient =
                        new WebSocketClient(
                                UpstreamFixture.settings(server.base("http")), PATIENCE);
                UpstreamWebSocket socket = open(webSocketClient)) {
            assertThatExceptionOfType(UpstreamException.class)
                    .isThrownBy(socket::receive)
                    .withMessageContaining("was lost");
        }
    }

    @Test
    void isWaitedForAsLongAsThereAreSignsOfLife() throws Exception {
        ScriptedServer.Script thinking =
                peer -> {
                    shakeHands(peer);
                    for (int i = 0; i < 3; i++) {
                        answerPing(peer);
                    }
                    peer.say(HI);
                    peer.seesTheEnd();
                };
        try (ScriptedServer server = new ScriptedServer(thinking);
                WebSocketClient webSocketClient =
                        new WebSocketClient(
                                UpstreamFixture.settings(server.base("http")), PATIENCE);
                UpstreamWebSocket socket = open(webSocketClient)) {
            assertThat(socket.receive()).isEqualTo(new WebSocketMessage.Text("hi"));
        }
    }

    @Test
    void endsWithAFarewell() throws Exception {
        CompletableFuture<String> farewell = new CompletableFuture<>();
        ScriptedServer.Script listening =
                peer -> {
                    shakeHands(peer);
                    farewell.complete(unmasked(peer.socket().getInputStream().readNBytes(8)));
                    peer.seesTheEnd();
                };
        try (ScriptedServer server = new ScriptedServer(listening);
                WebSocketClient webSocketClient =
                        new WebSocketClient(
                                UpstreamFixture.settings(server.base("http")), PATIENCE)) {
            open(webSocketClient).close();
            assertThat(farewell.get(30, TimeUnit.SECONDS)).isEqualTo("88 1000");
        }
    }

    /** The opcode byte of a masked frame, followed by its unmasked payload. */
    private static String unmasked(byte[] frame) {
        int high = (frame[6] ^ frame[2]) & 0xff;
        int low = (frame[7] ^ frame[3]) & 0xff;
        return Integer.toHexString(frame[0] & 0xff) + " " + ((high << 8) + low);
    }

    /** An empty ping of a client has two bytes and a mask of four. */
    private static void answerPing(ScriptedServer.Peer peer) throws IOException {
        byte[] frame = peer.socket().getInputStream().readNBytes(6);
        assertThat(frame[0] & 0xff).isEqualTo(PING);
        peer.say(PONG);
    }
}
