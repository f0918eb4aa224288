package dev.oaiproxy.e2e.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The address of users, which the server cannot know by itself. */
@Tag("server")
@Timeout(120)
final class PublicUrlTest {
    @TempDir Path home;

    @ParameterizedTest
    @CsvSource({
        "https://ai.example.org, https://ai.example.org/v1",
        "https://ai.example.org/, https://ai.example.org/v1",
        "https://example.org/ai, https://example.org/ai/v1",
        "https://example.org/team-a/llm_1/, https://example.org/team-a/llm_1/v1",
        "http://10.0.0.7:5000, http://10.0.0.7:5000/v1",
        "http://[2001:db8::7]:5000/, http://[2001:db8::7]:5000/v1"
    })
    void isWhatPeopleAreTold(String setting, String baseUrl) {
        try (ServerFixture site = ServerFixture.in(home, Map.of("OAIPROXY_PUBLIC_URL", setting))) {
            CreatedKey bob = site.operator().createKey("bob", "5");
            assertThat(bob.baseUrl()).isEqualTo(baseUrl);
            var lost = site.web().get(URI.create(site.address() + "/api/v1/models"), bob.secret());
            assertThat(HttpTestClient.json(lost).at("/error/message").asText())
                    .contains("base URL must be " + baseUrl + ".");
            var me = site.web().get(URI.create(site.address() + "/me"), bob.secret());
            assertThat(HttpTestClient.json(me).path("base_url").asText()).isEqualTo(baseUrl);
        }
    }

    @Test
    void isNotGuessed() {
        try (ServerFixture site = ServerFixture.in(home)) {
            CreatedKey bob = site.operator().createKey("bob", "5");
            assertThat(bob.baseUrl()).isNull();
            var lost = site.web().get(URI.create(site.address() + "/api/v1/models"), bob.secret());
            assertThat(HttpTestClient.json(lost).at("/error/message").asText())
                    .contains("base URL must be this server's address followed by /v1")
                    .doesNotContain("localhost", "HOST");
            var me = site.web().get(URI.create(site.address() + "/me"), bob.secret());
            assertThat(HttpTestClient.json(me).has("base_url")).isFalse();
        }
    }
}
