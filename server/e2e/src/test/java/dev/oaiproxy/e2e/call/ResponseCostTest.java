package dev.oaiproxy.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.metering.money.Usd;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cost of responses and of their tools. */
@Tag("server")
@Timeout(240)
final class ResponseCostTest {
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

    private static final String STREAM = ",\"stream\":true";

    private static String ask(String model, String text, String more) {
        return "{\"model\":\"%s\",\"input\":\"%s\"%s}".formatted(model, text, more);
    }

    private static String tools(String tools) {
        return ",\"tools\":[" + tools.replace('\'', '"') + "]";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                STREAM,
                ",\"max_output_tokens\":70",
                ",\"max_output_tokens\":70,\"stream\":true",
                ",\"service_tier\":\"flex\"",
                ",\"service_tier\":\"priority\",\"stream\":true",
                ",\"store\":false",
                ",\"access_programs\":{\"cyber\":\"standard\"}",
                ",\"access_programs\":null",
                ",\"instructions\":\"Be brief.\""
            })
    void answers(String more) {
        proxyFixture.charged("/responses", ask("gpt-5.6-luna", "hello [[tokens=40]]", more));
        proxyFixture.assertSame("/responses", ask("gpt-4o", "hello [[tokens=40]]", more(more)));
    }

    /** gpt-4o is not offered at the flex tier. */
    private static String more(String more) {
        return more.contains("tier") ? "" : more;
    }

    @Test
    void tellsWhatAResponseHasCost() {
        proxyFixture.told("/responses", ask("gpt-5.6-luna", "hello", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", STREAM})
    void goesOnFromAnEarlierOne(String more) {
        HttpResponse<byte[]> first = proxyFixture.json("/responses", ask("gpt-4o", "hello", ""));
        String id = HttpTestClient.json(ProxyFixture.text(first)).path("id").asText();
        long before = proxyFixture.charged(first).call().inputTokens();
        String goingOn = ",\"previous_response_id\":\"" + id + "\"" + more;
        CallDetail second = proxyFixture.charged("/responses", ask("gpt-4o", "again", goingOn));

        assertThat(second.call().inputTokens()).isGreaterThan(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", STREAM})
    void writesToTheCacheForTwelveHours(String more) {
        String text = "hours" + more.length() + " x".repeat(3000);
        CallDetail call =
                proxyFixture.charged(
                        "/responses",
                        ask(
                                "gpt-5.6-luna",
                                text,
                                ",\"prompt_cache_options\":{\"ttl\":\"12h\"}" + more));
        assertThat(call.lines()).extracting(line -> line.unit()).contains("cache_write_12h");
    }

    static Stream<String> tools() {
        return Stream.of(
                "{'type':'web_search'}",
                "{'type':'web_search_2025_08_26'}",
                "{'type':'web_search_preview'}",
                "{'type':'file_search','vector_store_ids':[]}",
                "{'type':'code_interpreter','container':{'type':'auto'}}",
                "{'type':'code_interpreter','container':{'type':'auto','memory_limit':'4g'}}",
                "{'type':'image_generation','model':'gpt-image-1.5','quality':'low'}",
                "{'type':'image_generation','model':'gpt-image-2','partial_images':2}",
                "{'type':'function','name':'f','parameters':{'type':'object'}}",
                "{'type':'web_search'},{'type':'file_search','vector_store_ids':[]},"
                        + "{'type':'code_interpreter','container':{'type':'auto'}},"
                        + "{'type':'image_generation','model':'gpt-image-1.5'},"
                        + "{'type':'function','name':'f','parameters':{}}");
    }

    @ParameterizedTest
    @MethodSource("tools")
    void usesATool(String tool) {
        for (String model : new String[] {"gpt-4o", "gpt-4o-mini", "gpt-5.6-luna"}) {
            for (String stream : new String[] {"", STREAM}) {
                proxyFixture.charged("/responses", ask(model, "hello", tools(tool) + stream));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"web_search", "file_search", "code_interpreter"})
    void usesAToolOften(String tool) {
        String tools = tools("{'type':'" + tool + "'}") + ",\"max_tool_calls\":12";
        proxyFixture.charged("/responses", ask("gpt-4o", "hello [[calls=10]]", tools));
        proxyFixture.charged("/responses", ask("gpt-4o", "hello [[calls=10]]", tools + STREAM));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", STREAM})
    void chargesAnImageToolWithoutAModelAtARowOfItsOwn(String more) {
        HttpResponse<byte[]> answer =
                proxyFixture.json(
                        "/responses",
                        ask("gpt-4o", "draw", tools("{'type':'image_generation'}") + more));
        CallDetail call =
                proxyFixture
                        .site()
                        .operator()
                        .endedCall(HttpTestClient.header(answer, "x-oaiproxy-call-id"));

        assertThat(call.call().state()).isEqualTo("charged");
        assertThat(call.lines())
                .filteredOn(line -> line.unit().equals("image_output"))
                .singleElement()
                .satisfies(line -> assertThat(line.rateUsd()).isIn("40", "30"));
        assertThat(Usd.parse(call.call().costUsd()))
                .isGreaterThanOrEqualTo(
                        Usd.parse(ExpectedCosts.cost(ExpectedCosts.last(proxyFixture.site()))));
    }

    @Test
    void doesNotChargeAgainForAContainerThatTheRequestNames() {
        HttpResponse<byte[]> made =
                proxyFixture.json("/containers", "{\"name\":\"box\",\"memory_limit\":\"16g\"}");
        proxyFixture.charged(made);
        String id = HttpTestClient.json(ProxyFixture.text(made)).path("id").asText();
        for (String stream : new String[] {"", STREAM}) {
            CallDetail call =
                    proxyFixture.charged(
                            "/responses",
                            ask(
                                    "gpt-4o",
                                    "run",
                                    tools("{'type':'code_interpreter','container':'" + id + "'}")
                                            + stream));
            assertThat(call.lines())
                    .extracting(line -> line.unit())
                    .doesNotContain("container_minutes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", STREAM})
    void chargesWhatAFailedOneSaysItHasCost(String more) {
        proxyFixture.charged("/responses", ask("gpt-5.6-luna", "hello [[fault=failed]]", more));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", STREAM})
    void releasesWhatFailedBeforeItSaidAnything(String more) {
        HttpResponse<byte[]> answer =
                proxyFixture.json(
                        "/responses", ask("gpt-4o", "hi [[fault=failed-no-usage]]", more));
        CallDetail call =
                proxyFixture
                        .site()
                        .operator()
                        .endedCall(HttpTestClient.header(answer, "x-oaiproxy-call-id"));

        assertThat(call.call().state()).isEqualTo("released");
        assertThat(call.call().costUsd()).isEqualTo("0.00");
    }

    @Test
    void compacts() {
        proxyFixture.told("/responses/compact", ask("gpt-5.6-luna", "a long story", ""));
        proxyFixture.assertSame("/responses/compact", ask("gpt-4o", "a long story", ""));
        // OpenAI accepts no limit there, so no limit can reduce the hold.
        proxyFixture.told(
                "/responses/compact",
                ask("gpt-5.6-luna", "x [[tokens=900]]", ",\"max_output_tokens\":1"));
    }

    @Test
    void countsTokensForNothing() {
        int before = proxyFixture.site().operator().calls().size();
        proxyFixture.json("/responses/input_tokens", ask("gpt-4o", "hello", ""));
        assertThat(proxyFixture.site().operator().calls()).hasSize(before);
    }

    @ParameterizedTest
    @CsvSource({
        "containers, {\"name\":\"a\"}",
        "containers, '{\"name\":\"a\",\"memory_limit\":\"64g\"}'"
    })
    void opensAContainer(String path, String body) {
        proxyFixture.told("/" + path, body);
    }

    @Test
    void searchesAVectorStore() {
        String made =
                ProxyFixture.text(proxyFixture.json("/vector_stores", "{\"name\":\"books\"}"));
        String id = HttpTestClient.json(made).path("id").asText();
        CallDetail call =
                proxyFixture.told("/vector_stores/" + id + "/search", "{\"query\":\"anything\"}");
        assertThat(call.call().costUsd()).isEqualTo("0.0025");
    }
}
