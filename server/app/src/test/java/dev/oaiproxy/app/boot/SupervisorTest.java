package dev.oaiproxy.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("server")
@Timeout(60)
final class SupervisorTest {
    @Test
    void endsTheProcessWhenNothingListensAnyMore() throws Exception {
        CompletableFuture<String> told = new CompletableFuture<>();
        ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        try (Supervisor _ =
                Supervisor.of(
                        "127.0.0.1",
                        listener.getLocalPort(),
                        Duration.ofMillis(1),
                        told::complete)) {
            listener.accept().close();
            assertThat(told).isNotDone();
            listener.close();
            assertThat(told.get()).contains("nothing listens on");
        }
    }
}
