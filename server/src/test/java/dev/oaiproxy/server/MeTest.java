package dev.oaiproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi.NewKey;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the holder of a key may know of it. */
@Timeout(120)
final class MeTest {
    @TempDir Path home;

    private Installation site;

    @BeforeEach
    void start() {
        site = Installation.in(home);
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private HttpResponse<String> me(String key) {
        return site.web().get(URI.create(site.address() + "/me"), key);
    }

    @Test
    void tellsWhatIsLeftAndWhatItWentFor() {
        NewKey bob = site.operator().createKey("bob", "5");
        site.operator().createKey("eve", "7");
        site.sdk(bob.secret()).chat().completions().create(Prompts.chat("hello"));
        String cost = site.operator().onlyCallOf(bob).costUsd();

        JsonNode me = Web.json(me(bob.secret()));
        assertThat(me.path("user").asText()).isEqualTo("bob");
        assertThat(me.path("key").asText()).isEqualTo(bob.key().id());
        assertThat(me.at("/key_quota/limit_usd").asText()).isEqualTo("5.00");
        assertThat(me.at("/key_quota/spent_usd").asText()).isEqualTo(cost);
        assertThat(me.at("/key_quota/held_usd").asText()).isEqualTo("0.00");
        assertThat(me.at("/key_quota/remaining_usd").asText()).isEqualTo(Tariff.minus("5", cost));
        assertThat(me.at("/spent_by_model/gpt-4o").asText()).isEqualTo(cost);
        assertThat(me.toString()).doesNotContain("eve").doesNotContain(bob.secret());
    }

    @Test
    void tellsAStrangerNothing() {
        HttpResponse<String> answer = me("sk-oap-abcdefgh-wrong");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(Web.json(answer).at("/error/code").asText()).isEqualTo("invalid_api_key");
    }
}
