package dev.oaiproxy.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request without a service tier is served and held at the standard tier. */
@Tag("server")
@Timeout(240)
final class ServiceTierTest {
    private static final String CHAT =
            "{\"model\":\"gpt-5.4\",%s\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
                    + "\"max_completion_tokens\":5000}";

    @TempDir private static Path home;

    private static ProxyFixture proxyFixture;

    @BeforeAll
    static void start() {
        proxyFixture = ProxyFixture.in(home);
    }

    @AfterAll
    static void stop() {
        proxyFixture.close();
    }

    private static CallDetail called(ProxyFixture at, String path, String body) {
        CallDetail call = at.charged(path, body);
        return Eventually.ask(
                () -> at.site().operator().call(call.call().id()), it -> it.request() != null);
    }

    private static String sent(String path, String body) {
        return Objects.requireNonNull(called(proxyFixture, path, body).request());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/chat/completions | \"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]",
                "/responses | \"input\":\"hi\"",
                "/responses/compact | \"input\":\"hi\""
            })
    void namesTheStandardTierWhereNoneIsAskedFor(String path, String rest) {
        assertThat(sent(path, "{\"model\":\"gpt-5.4\"," + rest + "}"))
                .isEqualTo("{\"service_tier\":\"default\",\"model\":\"gpt-5.4\"," + rest + "}");
    }

    @Test
    void takesNullForNone() {
        assertThat(sent("/chat/completions", CHAT.formatted("\"service_tier\" : null ,")))
                .isEqualTo(CHAT.formatted("\"service_tier\" : \"default\" ,"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "default", "flex", "priority"})
    void leavesATierThatIsAskedFor(String tier) {
        String body = CHAT.formatted("\"service_tier\": \"" + tier + "\",");
        assertThat(sent("/chat/completions", body)).isEqualTo(body);
    }

    @Test
    void leavesAModelThatHasNoDearerTier() {
        String body = CHAT.formatted("").replace("gpt-5.4", "gpt-5.4-nano");
        assertThat(sent("/chat/completions", body)).isEqualTo(body);
    }

    @Test
    void holdsHalfOfWhatTheProjectsOwnTierMayCost(@TempDir Path other) {
        try (ProxyFixture inherit =
                ProxyFixture.in(other, Map.of("OAIPROXY_OPENAI_SERVICE_TIER", "inherit"))) {
            CallDetail left = called(inherit, "/chat/completions", CHAT.formatted(""));
            CallDetail named = called(proxyFixture, "/chat/completions", CHAT.formatted(""));

            assertThat(left.request()).isEqualTo(CHAT.formatted(""));
            assertThat(held(left).nanos()).isEqualTo(2 * held(named).nanos());
            assertThat(left.call().costUsd()).isEqualTo(named.call().costUsd());
        }
    }

    private static Usd held(CallDetail call) {
        return Usd.parse(call.call().heldUsd());
    }
}
