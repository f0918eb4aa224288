package dev.oaiproxy.e2e.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid and invalid WebSocket frames by RFC 6455. */
@Tag("server")
@Timeout(120)
final class SocketFramesTest {
    private static final int LAST_TEXT = RawWebSocket.FINAL | RawWebSocket.TEXT;
    private static final int LAST_CLOSE = RawWebSocket.FINAL | RawWebSocket.CLOSE;
    private static final int LAST_PING = RawWebSocket.FINAL | RawWebSocket.PING;

    @TempDir static Path home;

    private static ServerFixture site;
    private static CreatedKey bob;

    @BeforeAll
    static void start() {
        site = ServerFixture.in(home, Map.of("OAIPROXY_MEMORY", "2097152"));
        bob = site.operator().createKey("bob", "5");
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    private static RawWebSocket open() {
        return new RawWebSocket(site.v1("/responses"), bob.secret());
    }

    /** Asserts that one close frame with that code comes, and then the end. */
    private static void assertClosed(RawWebSocket socket, int code) {
        RawWebSocket.Frame frame = socket.next().orElseThrow();
        assertThat(frame.opcode()).as(frame.text()).isEqualTo(RawWebSocket.CLOSE);
        assertThat(frame.closeCode()).as(frame.text()).isEqualTo(code);
        assertThat(socket.next()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "c181 00000000 61, reserved bit",
        "8380 00000000, unknown kind of data",
        "8b80 00000000, unknown kind of control",
        "8101 61, no mask",
        "0980 00000000, ping in parts",
        "89fe 007e 00000000, ping of 126 bytes",
        "8080 00000000, nothing to continue",
        "0181 00000000 61 8181 00000000 61, text within a text",
        "8881 00000000 03, incomplete close code",
        "8882 00000000 03e7, 999",
        "8882 00000000 03ec, 1004",
        "8882 00000000 03ed, 1005",
        "8882 00000000 03ee, 1006",
        "8882 00000000 03f7, 1015",
        "8882 00000000 07d0, 2000",
        "8882 00000000 1388, 5000"
    })
    void thatAreAgainstTheProtocol(String hex, String what) {
        try (RawWebSocket socket = open()) {
            socket.write(HexFormat.of().parseHex(hex.replace(" ", "")));
            assertClosed(socket, 1002);
        }
        assertThat(what).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "8181 00000000 ff, a byte that never is",
        "8183 00000000 eda080, half a pair",
        "8182 00000000 c3c3, a character that does not go on",
        "8181 00000000 c3, half a character at the end",
        "0181 00000000 c3 8081 00000000 c3, over two frames",
        "8884 00000000 03e8 c3c3, in the reason of a close"
    })
    void whoseTextIsNone(String hex, String what) {
        try (RawWebSocket socket = open()) {
            socket.write(HexFormat.of().parseHex(hex.replace(" ", "")));
            assertClosed(socket, 1007);
        }
        assertThat(what).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1003, 1007, 1014, 3000, 4999})
    void ofAnEndAreAnsweredWithTheSameCode(int code) {
        try (RawWebSocket socket = open()) {
            socket.frame(LAST_CLOSE, new byte[] {(byte) (code >>> 8), (byte) code, 'b', 'y', 'e'});
            assertClosed(socket, code);
        }
    }

    @Test
    void ofAnEndWithoutACodeAreAnsweredWithNone() {
        try (RawWebSocket socket = open()) {
            socket.frame(LAST_CLOSE, new byte[0]);
            assertClosed(socket, 0);
        }
    }

    @Test
    void ofAMessageThatIsTooLargeAreRefusedByTheirHead() {
        try (RawWebSocket socket = open()) {
            socket.start(LAST_TEXT, (16 << 20) + 1);
            assertClosed(socket, 1009);
        }
        try (RawWebSocket socket = open()) {
            socket.write(HexFormat.of().parseHex("81ff800000000000000000000000"));
            assertClosed(socket, 1009);
        }
    }

    @Test
    void mayComeInPartsWithOthersBetweenThem() {
        try (RawWebSocket socket = open()) {
            byte[] accent = "\u00e9".getBytes(StandardCharsets.UTF_8);
            socket.text(RawWebSocket.TEXT, "{\"type\":\"");
            socket.frame(RawWebSocket.CONTINUATION, new byte[] {accent[0]});
            socket.text(LAST_PING, "are you there");
            socket.frame(RawWebSocket.CONTINUATION, new byte[0]);
            socket.frame(RawWebSocket.CONTINUATION, new byte[] {accent[1]});
            socket.text(RawWebSocket.FINAL | RawWebSocket.CONTINUATION, "\"}");
            RawWebSocket.Frame pong = socket.next().orElseThrow();
            assertThat(pong.opcode()).isEqualTo(RawWebSocket.PONG);
            assertThat(pong.text()).isEqualTo("are you there");
            assertThat(socket.next().orElseThrow().text()).contains("does not know this event");
            socket.frame(LAST_CLOSE, new byte[0]);
            assertClosed(socket, 0);
        }
    }

    @Test
    void ofNothingTakeNoMemory() {
        Eventually.ask(site.server().memory()::used, used -> used == 0);
        try (RawWebSocket socket = open()) {
            socket.text(RawWebSocket.TEXT, "{");
            for (int i = 0; i < 2000; i++) {
                socket.frame(RawWebSocket.CONTINUATION, new byte[0]);
                socket.frame(RawWebSocket.FINAL | RawWebSocket.PONG, new byte[125]);
            }
            socket.text(LAST_PING, "done?");
            assertThat(socket.next().orElseThrow().text()).isEqualTo("done?");
            assertThat(site.server().memory().used()).isLessThan(4096);
        }
    }

    @Test
    void ofAMessageForWhichThereIsNoMemoryEndTheSocketUntilLater() {
        try (RawWebSocket other = open();
                RawWebSocket socket = open()) {
            half(other, 1_500_000);
            Eventually.ask(site.server().memory()::used, used -> used >= 1_500_000);
            half(socket, 1_000_000);
            assertClosed(socket, 1013);
            assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
        }
        Eventually.ask(site.server().memory()::used, used -> used == 0);
        try (RawWebSocket socket = open()) {
            socket.text(LAST_TEXT, "{\"type\":\"" + "x".repeat(100_000) + "\"}");
            assertThat(socket.next().orElseThrow().text()).contains("does not know this event");
        }
    }

    /** The start of a message that never ends. */
    private static void half(RawWebSocket socket, int length) {
        socket.start(LAST_TEXT, 16 << 20);
        byte[] some = new byte[10_000];
        boolean taken = true;
        for (int sent = 0; taken && sent < length; sent += some.length) {
            taken = socket.write(some);
        }
    }

    @Test
    void whoseTreeWouldFillTheMemoryEndTheSocketUntilLater() {
        try (RawWebSocket socket = open()) {
            socket.text(LAST_TEXT, "{\"type\":\"x\",\"a\":[" + "[],".repeat(50_000) + "0]}");
            assertClosed(socket, 1013);
        }
    }

    @Test
    void thatStallWithinAMessageAreCutOff(@TempDir Path other) {
        try (ServerFixture hasty =
                ServerFixture.in(other, Map.of("OAIPROXY_CLIENT_TIMEOUT", "300ms"))) {
            CreatedKey ann = hasty.operator().createKey("ann", "5");
            try (RawWebSocket socket = new RawWebSocket(hasty.v1("/responses"), ann.secret())) {
                half(socket, 10_000);
                assertThat(socket.next()).isEmpty();
            }
        }
    }
}
