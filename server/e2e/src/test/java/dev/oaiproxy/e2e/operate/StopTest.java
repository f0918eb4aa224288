package dev.oaiproxy.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is stopped while it responds. */
@Tag("server")
@Timeout(120)
final class StopTest {
    @TempDir Path home;

    @Test
    void lastsUntilAStreamInFlightHasEnded() {
        try (ServerFixture site = ServerFixture.in(home)) {
            CreatedKey bob = site.operator().createKey("bob", "5");
            URI before = site.address();
            String body =
                    SampleRequests.json("[[tokens=800]] [[delay=5ms]]", SampleRequests.STREAM);
            try (RawHttpConnection client = RawHttpConnection.chatting(site, bob.secret(), body)) {
                client.event();
                CompletableFuture<Void> restart = CompletableFuture.runAsync(site::restart);
                assertThat(Eventually.ask(() -> refuses(before), refused -> refused)).isTrue();
                assertThat(restart).isNotDone();
                String last = client.event();
                while (!last.equals("[DONE]")) {
                    last = client.event();
                }
                restart.join();
            }
            Call call = site.operator().onlyCallOf(bob);
            assertThat(call.state()).isEqualTo("charged");
            assertThat(call.outputTokens()).isEqualTo(800);
            assertThat(call.costUsd()).isEqualTo(ExpectedCosts.cost(ExpectedCosts.last(site)));
            assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
        }
    }

    private static boolean refuses(URI server) {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            return !socket.isConnected();
        } catch (IOException refused) {
            return true;
        }
    }
}
