package dev.oaiproxy.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.base.Checkout;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Detection of the program that listens on the port. */
@Tag("server")
@Timeout(60)
final class PortOwnerTest {
    @TempDir Path home;

    private PortOwner at(int port) {
        Map<String, String> environment =
                Map.of(
                        "OAIPROXY_HOME", home.toString(),
                        "OAIPROXY_HOST", "127.0.0.1",
                        "OAIPROXY_PORT", Integer.toString(port),
                        "OPENAI_API_KEY", "sk-any",
                        "PROXY_SERVER_USER", "admin",
                        "PROXY_SERVER_PASS", "hunter2");
        return PortOwner.at(ServerConfig.load(Checkout.top(), environment, Map.of()));
    }

    @Test
    void thePasswordIsNotToldWhileNoServerHasTheFolder() throws IOException {
        try (ImpostorServer impostorServer = ImpostorServer.saying(ImpostorServer::asOneOfUs)) {
            assertThat(at(impostorServer.port()))
                    .isEqualTo(new PortOwner.Ours(true, new PortOwner.Account.Unasked()));
            assertThat(impostorServer.heads())
                    .filteredOn(head -> !head.isEmpty())
                    .hasSize(2)
                    .noneMatch(head -> head.contains("Authorization"));
        }
    }

    @Test
    void oneOfAnotherVersionTellsWhichItIs() throws IOException {
        Path lock = Files.createDirectories(home.resolve("spool")).resolve("endings.lock");
        try (FileChannel held =
                        FileChannel.open(
                                lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                ImpostorServer impostorServer =
                        ImpostorServer.saying(PortOwnerTest::ofAnotherVersion)) {
            assertThat(held.tryLock()).isNotNull();
            assertThat(at(impostorServer.port()))
                    .isEqualTo(
                            new PortOwner.Ours(
                                    true, new PortOwner.Account.Told("0.0.9", Optional.empty())));
        }
    }

    private static String ofAnotherVersion(String head) {
        return head.contains("Authorization")
                ? "200 OK\r\nConnection: close\r\n\r\n{\"version\": \"0.0.9\", \"mood\": 3}"
                : ImpostorServer.asOneOfUs(head);
    }

    @Test
    void anAnswerThatDoesNotEndIsReadOnlySoFar() throws IOException {
        String endless = "200 OK\r\nConnection: close\r\n\r\nand so on…";
        try (ImpostorServer impostorServer = ImpostorServer.saying(_ -> endless)) {
            assertThat(at(impostorServer.port())).isEqualTo(new PortOwner.Stranger());
        }
    }

    @Test
    void whoeverIsSilentIsNotTakenForAStranger() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            assertThat(at(silent.getLocalPort())).isEqualTo(new PortOwner.Silent());
        }
    }

    @Test
    void aPortThatIsTakenAndNobodyAnswersIsBarred() throws IOException {
        try (Socket taken = new Socket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertThat(at(taken.getLocalPort())).isInstanceOf(PortOwner.Barred.class);
        }
    }
}
