package dev.oaiproxy.e2e.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.api.AdminApi.KeyRequest;
import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.metering.request.picture.SamplePictures;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

/** Messages of insufficient quotas; their proposals work. */
@Tag("server")
@Timeout(180)
final class QuotaTextsTest {
    private static final Pattern FITTING = Pattern.compile("It fits with (.*?)\\. (?:The|Ask) ");
    private static final Pattern FREE = Pattern.compile("quota: ([0-9.]+) of ");
    private static final Pattern NEED =
            Pattern.compile("needs ([0-9.]+) USD: input ([0-9.]+) .*, output ([0-9.]+) ");

    private static final String STANDARD = ",\"service_tier\":\"default\"";

    @TempDir Path home;

    private ServerFixture site;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home, Map.of("OAIPROXY_CONTACT", "ada@example.org"));
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private HttpResponse<String> chat(String key, String body) {
        return site.web().post(site.v1("/chat/completions"), key, body);
    }

    private static String message(HttpResponse<String> answer) {
        JsonNode error = HttpTestClient.json(answer).path("error");
        assertThat(error.path("code").asText()).isEqualTo("insufficient_quota");
        assertThat(error.path("type").asText()).isEqualTo("insufficient_quota");
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(HttpTestClient.header(answer, "x-should-retry")).isEqualTo("false");
        return error.path("message").asText();
    }

    @Test
    void tellsWhatIsFreeWhatTheCallNeedsAndWhomToAsk() {
        CreatedKey bob = site.operator().createKey("bob", "0.005");
        String text = message(chat(bob.secret(), body("gpt-4o", "hello", STANDARD)));

        explains(text);
    }

    @Test
    void pageShowsSuchAText() throws IOException {
        String page = Files.readString(Checkout.file("docs/charges.md"));
        Matcher shown = Pattern.compile("(?m)^\\{\"error\":.*$").matcher(page);
        assertThat(shown.find()).isTrue();
        explains(new ObjectMapper().readTree(shown.group()).at("/error/message").asText());
    }

    private static void explains(String text) {
        assertThat(text)
                .startsWith("You exceeded your current quota: 0.005 of 0.005 USD is free (key:")
                .contains("output 0.01024 (1,024 tokens)", "max_completion_tokens: ")
                .endsWith("Ask ada@example.org for more.");
        Matcher need = NEED.matcher(text);
        assertThat(need.find()).as(text).isTrue();
        assertThat(ExpectedCosts.minus(need.group(1), need.group(2))).isEqualTo(need.group(3));
    }

    @Test
    void tellsWhenThePeriodEnds() {
        CreatedKey bob =
                site.operator()
                        .createKey(
                                new KeyRequest(
                                        "bob", "0.001", "month", null, null, null, null, null, null,
                                        null));
        assertThat(message(chat(bob.secret(), body("gpt-4o", "hello", ""))))
                .containsPattern("The quota resets at 20..-..-01T00:00:00Z\\.");
    }

    @Test
    void namesTheTightestOfTheQuotas() {
        CreatedKey bob = site.operator().createKey("bob", "0.0001");
        site.operator().patch(AdminApi.QUOTAS + "/user:bob", "{\"limit_usd\":\"0.005\"}");
        assertThat(message(chat(bob.secret(), body("gpt-4o", "hello", ""))))
                .contains("0.0001 of 0.0001 USD is free (key:" + bob.key().id() + ")");
    }

    /** Every proposal is admitted, for many models and balances. */
    @ParameterizedTest
    @CsvSource({
        "gpt-4o, 1",
        "gpt-5.5, 2",
        "gpt-6.2-astra, 3",
        "gpt-4.1, 4",
        "o3, 5",
        "gpt-4o-mini, 6"
    })
    void whatIsProposedIsLetThrough(String model, int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 6; i++) {
            String user = "u" + seed + "-" + i;
            String prompt = "hello ".repeat(1 + random.nextInt(300)) + "[[tokens=5]]";
            String usd = "0.0%05d".formatted(1 + random.nextInt(i < 3 ? 1_000 : 9_999));
            String tier = random.nextBoolean() ? "" : ",\"service_tier\":\"priority\"";
            String body = body(model, prompt, tier);
            HttpResponse<String> answer = chat(site.operator().createKey(user, usd).secret(), body);
            if (answer.statusCode() == 429) {
                tryProposals(new Case(model, user, usd, body), message(answer));
            }
        }
    }

    /** The same with an image, whose tokens each model counts in its own way. */
    @ParameterizedTest
    @CsvSource({"gpt-5.5, 0.03", "gpt-5.5, 0.01", "gpt-4o, 0.009", "gpt-6.2-astra, 0.02"})
    void whatIsProposedForAPictureIsLetThrough(String model, String usd) {
        String url = SamplePictures.url(SamplePictures.png(1_200, 900));
        String part = "{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + url + "\"}}";
        String body =
                "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":[%s]}]}"
                        .formatted(model, part);
        CreatedKey key = site.operator().createKey("bob", usd);
        String text = message(chat(key.secret(), body));
        assertThat(text).contains("It fits with ");
        tryProposals(new Case(model, "bob", usd, body), text);
    }

    private record Case(String model, String user, String usd, String body) {}

    private void tryProposals(Case given, String text) {
        Matcher fitting = FITTING.matcher(text);
        if (!fitting.find()) {
            return;
        }
        for (String proposal : fitting.group(1).split(", or with ", -1)) {
            CreatedKey fresh = site.operator().createKey(given.user(), given.usd());
            HttpResponse<String> answer = chat(fresh.secret(), changed(given, proposal));
            assertThat(answer.statusCode())
                    .as("%s: %s: %s", given, proposal, answer.body())
                    .isEqualTo(200);
        }
    }

    private static String changed(Case given, String proposal) {
        String[] change = proposal.split(": ", 2);
        return switch (change[0]) {
            case "max_completion_tokens" -> with(given.body(), change[0], change[1]);
            case "service_tier" ->
                    given.body().contains("\"priority\"")
                            ? given.body().replace("\"priority\"", change[1])
                            : with(given.body(), change[0], change[1]);
            case "model" -> given.body().replace("\"" + given.model() + "\"", change[1]);
            default -> fail("an unknown proposal: " + proposal);
        };
    }

    private static String with(String body, String field, String value) {
        return "{\"" + field + "\":" + value + "," + body.substring(1);
    }

    private static String body(String model, String prompt, String more) {
        return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}"
                .formatted(model, prompt, more);
    }

    @Test
    void theLargestLimitIsProposed() {
        CreatedKey bob = site.operator().createKey("bob", "0.006");
        String text = message(chat(bob.secret(), body("gpt-4o", "hello", STANDARD)));
        Matcher limit = Pattern.compile("max_completion_tokens: ([0-9]+)").matcher(text);
        assertThat(limit.find()).as(text).isTrue();
        // 10 USD a million of output; the input of a few words is worth some more tokens.
        assertThat(Integer.parseInt(limit.group(1))).isBetween(500, 600);
        assertThat(FREE.matcher(text).find()).isTrue();
    }

    @Test
    void aResponseIsToldItsOwnField() {
        CreatedKey bob = site.operator().createKey("bob", "0.006");
        String request = "{\"model\":\"gpt-4o\",\"input\":\"hello [[tokens=5]]\"}";
        HttpResponse<String> answer = site.web().post(site.v1("/responses"), bob.secret(), request);
        Matcher limit = Pattern.compile("max_output_tokens: ([0-9]+)").matcher(message(answer));
        assertThat(limit.find()).as(answer.body()).isTrue();
        String smaller = with(request, "max_output_tokens", limit.group(1));
        assertThat(site.web().post(site.v1("/responses"), bob.secret(), smaller).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aResponseIsToldToLeaveItsToolsOut() {
        CreatedKey bob = site.operator().createKey("bob", "0.011");
        String tools = ",\"tools\":[{\"type\":\"web_search\"}]";
        String request = "{\"model\":\"gpt-4o-mini\",\"input\":\"hi [[tokens=5]]\"%s}";
        HttpResponse<String> answer =
                site.web().post(site.v1("/responses"), bob.secret(), request.formatted(tools));
        assertThat(message(answer)).contains("tools and fees ", "no hosted tools");
        HttpResponse<String> without =
                site.web().post(site.v1("/responses"), bob.secret(), request.formatted(""));
        assertThat(without.statusCode()).isEqualTo(200);
    }

    @Test
    void aModelThatIsProposedIsOneThatTheKeyMayUse() {
        List<String> models = List.of("gpt-5.5", "gpt-4o-mini");
        CreatedKey bob =
                site.operator()
                        .createKey(
                                new KeyRequest(
                                        "bob", "0.01", null, null, null, models, null, null, null,
                                        null));
        assertThat(message(chat(bob.secret(), body("gpt-5.5", "hello", ""))))
                .contains("model: \"gpt-4o-mini\"");
    }

    @Test
    void aModelThatIsNotAllowedIsAnsweredByThoseThatAre() {
        List<String> models = List.of("gpt-4o-mini*");
        CreatedKey bob =
                site.operator()
                        .createKey(
                                new KeyRequest(
                                        "bob", "5", null, null, null, models, null, null, null,
                                        null));
        HttpResponse<String> answer = chat(bob.secret(), body("gpt-4o", "hello", ""));
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(HttpTestClient.json(answer).at("/error/message").asText())
                .startsWith("Your API key may not use the model `gpt-4o`. It may use ")
                .contains("gpt-4o-mini")
                .doesNotContain("tts", "transcribe", "realtime")
                .endsWith("Ask ada@example.org for others.");
    }

    @Test
    void aRateLimitTellsWhenToTryAgain() {
        CreatedKey bob =
                site.operator()
                        .createKey(
                                new KeyRequest(
                                        "bob", "5", null, null, null, null, 1L, null, null, null));
        HttpResponse<String> answer = chat(bob.secret(), body("gpt-4o", "hello", ""));
        // Three calls lie in at most two minutes, so one of them is the second in its minute.
        for (int i = 0; i < 2 && answer.statusCode() == 200; i++) {
            answer = chat(bob.secret(), body("gpt-4o", "hello", ""));
        }
        String after = HttpTestClient.header(answer, "Retry-After");
        assertThat(HttpTestClient.json(answer).at("/error/message").asText())
                .contains("(RPM): Limit 1. Please try again in " + after + "s.");
    }
}
