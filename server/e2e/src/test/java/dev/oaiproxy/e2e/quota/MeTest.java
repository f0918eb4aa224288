package dev.oaiproxy.e2e.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.api.AdminApi.KeyRequest;
import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The information that a key's holder can read about it. */
@Tag("server")
@Timeout(120)
final class MeTest {
    private static final Pattern SHOWN = Pattern.compile("(?m)^\\{\"user\":.*$");

    @TempDir Path home;

    private ServerFixture site;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home);
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void pageShowsTheAnswerAsItIs() throws IOException {
        CreatedKey bob = site.operator().createKey("bob", "5");
        Matcher shown = SHOWN.matcher(Files.readString(Checkout.file("docs/calling.md")));
        assertThat(shown.find()).isTrue();
        JsonNode page = new ObjectMapper().readTree(shown.group());

        JsonNode me = HttpTestClient.json(me(bob.secret()));
        for (String place : List.of("", "/key_quota", "/user_quota")) {
            assertThat(page.at(place).fieldNames())
                    .toIterable()
                    .containsExactlyElementsOf(() -> me.at(place).fieldNames());
        }
    }

    private HttpResponse<String> me(String key) {
        return site.web().get(URI.create(site.address() + "/me"), key);
    }

    @Test
    void tellsWhatIsLeftAndWhatItWentFor() {
        CreatedKey bob = site.operator().createKey("bob", "5");
        site.operator().createKey("eve", "7");
        site.sdk(bob.secret()).chat().completions().create(SampleRequests.chat("hello"));
        String cost = site.operator().onlyCallOf(bob).costUsd();

        JsonNode me = HttpTestClient.json(me(bob.secret()));
        assertThat(me.path("user").asText()).isEqualTo("bob");
        assertThat(me.path("key").asText()).isEqualTo(bob.key().id());
        assertThat(me.at("/key_quota/limit_usd").asText()).isEqualTo("5.00");
        assertThat(me.at("/key_quota/spent_usd").asText()).isEqualTo(cost);
        assertThat(me.at("/key_quota/held_usd").asText()).isEqualTo("0.00");
        assertThat(me.at("/key_quota/remaining_usd").asText())
                .isEqualTo(ExpectedCosts.minus("5", cost));
        assertThat(me.at("/spent_by_model/gpt-4o").asText()).isEqualTo(cost);
        assertThat(me.toString()).doesNotContain("eve").doesNotContain(bob.secret());
    }

    @Test
    void tellsWhatTheKeyMayDo() {
        String expiry = site.clock().instant().plus(Duration.ofHours(1)).toString();
        List<String> models = List.of("gpt-4o*");
        CreatedKey bob =
                site.operator()
                        .createKey(
                                new KeyRequest(
                                        "bob", "5", null, null, expiry, models, 9L, 900L, 3L,
                                        null));
        JsonNode me = HttpTestClient.json(me(bob.secret()));
        assertThat(me.path("models").toString()).isEqualTo("[\"gpt-4o*\"]");
        assertThat(Instant.parse(me.path("expires_at").asText()))
                .isEqualTo(Instant.parse(expiry).truncatedTo(ChronoUnit.MILLIS));
        assertThat(me.at("/key_quota/rpm").asLong()).isEqualTo(9);
        assertThat(me.at("/key_quota/tpm").asLong()).isEqualTo(900);
        assertThat(me.at("/key_quota/parallel").asLong()).isEqualTo(3);
        assertThat(me.at("/user_quota/rpm").isNull()).isTrue();
        assertThat(me.path("spent_by_model").toString()).isEqualTo("{}");

        CreatedKey eve = site.operator().createKey("eve", "5");
        JsonNode free = HttpTestClient.json(me(eve.secret()));
        assertThat(free.path("models").toString()).isEqualTo("[\"*\"]");
        assertThat(free.path("expires_at").isNull()).isTrue();
    }

    private HttpResponse<String> my(String path, String key) {
        return site.web().get(URI.create(site.address() + "/me" + path), key);
    }

    @Test
    void tellsWhatEachCallHasCostAlsoThatOfAStream() {
        CreatedKey bob = site.operator().createKey("bob", "5");
        String streamed = SampleRequests.json("hello", "\"stream\":true");
        HttpResponse<String> stream =
                site.web().post(site.v1("/chat/completions"), bob.secret(), streamed);
        AdminApi.Call call = site.operator().onlyCallOf(bob);

        JsonNode found = HttpTestClient.json(my("/calls/" + call.id(), bob.secret()));
        assertThat(HttpTestClient.header(stream, "x-oaiproxy-call-id")).isEqualTo(call.id());
        assertThat(found.path("cost_usd").asText()).isEqualTo(call.costUsd());
        assertThat(found.path("held_usd").asText()).isEqualTo(call.heldUsd());
        assertThat(found.path("state").asText()).isEqualTo("charged");
        assertThat(found.path("model").asText()).isEqualTo("gpt-4o");
        assertThat(found.path("operation").asText()).isEqualTo("chat/completions");
        assertThat(found.path("status").asInt()).isEqualTo(200);
        assertThat(found.path("output_tokens").asLong()).isEqualTo(call.outputTokens());
        assertThat(found.path("lines")).hasSize(2);
        assertThat(found.toString()).doesNotContain("hello");
    }

    @Test
    void listsTheCallsOfItsUserPageByPage() {
        CreatedKey bob = site.operator().createKey("bob", "5");
        CreatedKey other = site.operator().createKey("bob", "5");
        CreatedKey eve = site.operator().createKey("eve", "5");
        for (CreatedKey key : List.of(bob, other, bob, eve)) {
            site.sdk(key.secret()).chat().completions().create(SampleRequests.chat("hello"));
        }
        JsonNode newest = HttpTestClient.json(my("/calls?limit=2", bob.secret()));
        assertThat(newest.path("data")).hasSize(2);
        String next = newest.path("next").asText();
        assertThat(newest.at("/data/1/id").asText()).isEqualTo(next);
        assertThat(newest.at("/data/0/key").asText()).isEqualTo(bob.key().id());
        assertThat(newest.at("/data/1/key").asText()).isEqualTo(other.key().id());
        JsonNode oldest = HttpTestClient.json(my("/calls?limit=2&after=" + next, bob.secret()));
        assertThat(oldest.path("data")).hasSize(1);
        assertThat(oldest.path("next").isNull()).isTrue();
    }

    @Test
    void givesAnothersCallAsOneThatNeverWas() {
        CreatedKey bob = site.operator().createKey("bob", "5");
        CreatedKey eve = site.operator().createKey("eve", "5");
        site.sdk(eve.secret()).chat().completions().create(SampleRequests.chat("hello"));
        String id = site.operator().onlyCallOf(eve).id();
        assertThat(my("/calls/" + id, eve.secret()).statusCode()).isEqualTo(200);
        String refused = my("/calls/" + id, bob.secret()).body();
        assertThat(my("/calls/" + id, bob.secret()).statusCode()).isEqualTo(404);
        assertThat(my("/calls/0amevq2sw0000", bob.secret()).body()).isEqualTo(refused);
        assertThat(my("/calls/none", bob.secret()).body()).isEqualTo(refused);
        assertThat(my("/calls/" + id, "sk-oap-abcdefgh-wrong").statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({"limit=0, limit", "limit=x, limit", "after=x, after", "since=1d, since"})
    void refusesWhatAPageCannotBe(String query, String parameter) {
        CreatedKey bob = site.operator().createKey("bob", "5");
        HttpResponse<String> answer = my("/calls?" + query, bob.secret());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(HttpTestClient.json(answer).at("/error/param").asText()).isEqualTo(parameter);
    }

    @Test
    void showsItselfAndChangesNothing() {
        CreatedKey bob = site.operator().createKey("bob", "5");
        URI calls = URI.create(site.address() + "/me/calls");
        assertThat(site.web().post(calls, bob.secret(), "{}").statusCode()).isEqualTo(405);
    }

    @Test
    void operatorsSeeHoldsBesideCosts() {
        CreatedKey bob = site.operator().createKey("bob", "5");
        site.sdk(bob.secret()).chat().completions().create(SampleRequests.chat("hello"));
        AdminApi.Call call = site.operator().onlyCallOf(bob);
        AdminApi.Usage usage = site.operator().usage("by=operation,model&holds=true");
        assertThat(usage.data().getFirst().heldUsd()).isEqualTo(call.heldUsd());
        assertThat(usage.total().heldUsd()).isEqualTo(call.heldUsd());
        assertThat(usage.total().costUsd()).isEqualTo(call.costUsd());
        assertThat(site.operator().usage("by=model").total().heldUsd()).isNull();
        assertThat(site.operator().get(AdminApi.USAGE + "?by=day&holds=true").statusCode())
                .isEqualTo(400);
        assertThat(site.operator().get(AdminApi.CALLS + "?over_hold=true").body())
                .isEqualTo("{\"data\":[],\"next\":null}");
        assertThat(site.operator().get(AdminApi.CALLS + "?over_hold=maybe").statusCode())
                .isEqualTo(400);
    }

    @Test
    void tellsAStrangerNothing() {
        HttpResponse<String> answer = me("sk-oap-abcdefgh-wrong");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(HttpTestClient.json(answer).at("/error/code").asText())
                .isEqualTo("invalid_api_key");
    }
}
