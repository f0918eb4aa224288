package dev.oaiproxy.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.app.boot.SettingCheck;
import dev.oaiproxy.app.config.ConfigException;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.proxy.upstream.HttpProxy;
import dev.oaiproxy.sandbox.WebSocketTestClient;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI is reached by the HTTP proxy that the machine or the settings name. */
@Tag("server")
@Timeout(120)
final class OutboundProxyTest {
    private static final String LOGIN = "us%40r:p%3Ass%20word";
    private static final String PLAIN_LOGIN = "us@r:p:ss word";

    @TempDir Path home;

    private HttpResponse<String> chat(ServerFixture site, CreatedKey key) {
        return site.web()
                .post(site.v1("/chat/completions"), key.secret(), SampleRequests.json("hi", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP_PROXY", "http_proxy", "ALL_PROXY", "OAIPROXY_OPENAI_PROXY"})
    void callsGoByTheProxy(String variable) {
        try (HttpProxy proxy = new HttpProxy(null);
                ServerFixture site = ServerFixture.in(home, Map.of(variable, proxy.url("")))) {
            CreatedKey bob = site.operator().createKey("bob", "5");
            for (int i = 0; i < 3; i++) {
                assertThat(chat(site, bob).statusCode()).isEqualTo(200);
            }
            assertThat(proxy.requests())
                    .isNotEmpty()
                    .allSatisfy(
                            line ->
                                    assertThat(line)
                                            .startsWith("POST " + site.openAi().baseUrl() + "/"));
        }
    }

    @Test
    void theProxyIsGivenItsLogin() {
        try (HttpProxy proxy = new HttpProxy(PLAIN_LOGIN);
                ServerFixture site =
                        ServerFixture.in(home, Map.of("HTTP_PROXY", proxy.url(LOGIN)))) {
            CreatedKey bob = site.operator().createKey("bob", "5");
            assertThat(chat(site, bob).statusCode()).isEqualTo(200);
            assertThat(proxy.requests()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"407", "502", "403"})
    void aProxyThatRefusesCostsNothing(int status) {
        try (HttpProxy proxy = new HttpProxy(null);
                ServerFixture site = ServerFixture.in(home, Map.of("HTTP_PROXY", proxy.url("")))) {
            CreatedKey bob = site.operator().createKey("bob", "5");
            proxy.refuseWith(status);
            HttpResponse<String> answer = chat(site, bob);
            assertThat(answer.statusCode()).isEqualTo(status == 407 ? 502 : status);
            assertThat(site.operator().onlyCallOf(bob).state()).isEqualTo("released");
            assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
        }
    }

    @Test
    void aProxyThatIsNotThereCostsNothing() {
        HttpProxy gone = new HttpProxy(null);
        gone.close();
        try (ServerFixture site = ServerFixture.in(home, Map.of("HTTP_PROXY", gone.url("")))) {
            CreatedKey bob = site.operator().createKey("bob", "5");
            assertThat(chat(site, bob).statusCode()).isEqualTo(502);
            assertThat(site.operator().onlyCallOf(bob).state()).isEqualTo("released");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "us%40r:p%3Ass%20word"})
    void webSocketsGoByTheProxy(String login) {
        try (HttpProxy proxy = new HttpProxy(login.isEmpty() ? null : PLAIN_LOGIN);
                ServerFixture site =
                        ServerFixture.in(home, Map.of("HTTP_PROXY", proxy.url(login)))) {
            CreatedKey bob = site.operator().createKey("bob", "5");
            String path = "/realtime?model=gpt-realtime";
            String address = site.v1(path).toString().replace("http://", "ws://");
            try (WebSocketTestClient client =
                    WebSocketTestClient.at(
                            URI.create(address), "Authorization", "Bearer " + bob.secret())) {
                client.event("session.created");
            }
            assertThat(proxy.requests())
                    .anyMatch(
                            line ->
                                    line.startsWith(
                                            "CONNECT "
                                                    + site.openAi().baseUrl().getRawAuthority()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NO_PROXY, '*'",
        "no_proxy, 127.0.0.1",
        "NO_PROXY, '10.0.0.0/8, 127.0.0.0/8'",
        "OAIPROXY_OPENAI_PROXY, none",
    })
    void someHostsAreReachedWithout(String variable, String value) {
        try (HttpProxy proxy = new HttpProxy(null);
                ServerFixture site =
                        ServerFixture.in(
                                home, Map.of("HTTP_PROXY", proxy.url(""), variable, value))) {
            CreatedKey bob = site.operator().createKey("bob", "5");
            assertThat(chat(site, bob).statusCode()).isEqualTo(200);
            assertThat(proxy.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "socks5://u:sesame@h:1",
                "https://u:sesame@h:1",
                "http://u:sesame@h:1/x",
                "::"
            })
    void anythingElseIsRefusedWithoutItsPassword(String url) {
        Map<String, String> environment = new HashMap<>();
        environment.put("OAIPROXY_HOME", home.toString());
        environment.put("HTTPS_PROXY", url);
        assertThatThrownBy(
                        () ->
                                SettingCheck.require(
                                        ServerConfig.load(Checkout.top(), environment, Map.of())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("HTTPS_PROXY")
                .hasMessageContaining("OAIPROXY_OPENAI_PROXY=none")
                .hasMessageNotContaining("sesame");
    }
}
