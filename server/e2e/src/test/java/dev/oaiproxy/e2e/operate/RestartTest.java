package dev.oaiproxy.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole call, and the state after a restart. */
@Tag("server")
@Timeout(60)
final class RestartTest {
    @TempDir Path home;

    @Test
    void keepsItsBooksOverARestart() {
        try (ServerFixture site = ServerFixture.in(home)) {
            CreatedKey bob = site.operator().createKey("bob", "5");
            String body =
                    """
                    {"model":"gpt-4o","messages":[{"role":"user","content":"hello world"}]}\
                    """;
            assertThat(site.web().post(site.v1("/chat/completions"), bob.secret(), body))
                    .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(200));
            // 9 tokens in at 2.50 and 16 out at 10.00 USD a million.
            assertThat(site.operator().calls().getFirst().costUsd()).isEqualTo("0.0001825");

            site.restart();
            assertThat(site.operator().quota("user:bob").spentUsd()).isEqualTo("0.0001825");
            assertThat(site.operator().quota("everyone").heldUsd()).isEqualTo("0.00");
        }
    }
}
