package dev.oaiproxy.e2e.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.metering.money.Usd;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Holds of hosted tools: the numbers of the price book, and the strict maximum where configured.
 */
@Tag("server")
@Timeout(240)
final class ToolHoldsTest {
    private static final String HI = "{\"model\":\"%s\",\"input\":\"hi\",\"tools\":[%s]}";
    private static final String SEARCH = "{\"type\":\"web_search\"}";

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

    private static HttpResponse<String> ask(ServerFixture at, CreatedKey key, String body) {
        return at.web().post(at.v1("/responses"), key.secret(), body);
    }

    private static Call call(ServerFixture at, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Eventually.ask(
                        () ->
                                at.operator()
                                        .call(HttpTestClient.header(answer, "x-oaiproxy-call-id")),
                        it -> !it.call().state().equals("held"))
                .call();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpt-5.5 | {\"type\":\"web_search\"}",
                "gpt-6.2-astra | {\"type\":\"web_search\"}",
                "gpt-6.2-sol | {\"type\":\"code_interpreter\",\"container\":{\"type\":\"auto\"}}",
                "gpt-5.5 | {\"type\":\"code_interpreter\",\"container\":{\"type\":\"auto\"}}",
                "gpt-5.5 | {\"type\":\"file_search\",\"vector_store_ids\":[]}",
                "gpt-5.5 | {\"type\":\"image_generation\"}",
                "gpt-6.2-astra | {\"type\":\"image_generation\"}",
                "gpt-5.5 | {\"type\":\"mcp\",\"server_label\":\"a\",\"server_url\":\"https://a\"}"
            })
    void aDollarIsEnoughForAToolOfAnyModel(String model, String tool) {
        CreatedKey key = proxyFixture.site().operator().createKey("one", "1");
        Call call =
                call(proxyFixture.site(), ask(proxyFixture.site(), key, HI.formatted(model, tool)));

        assertThat(call.state()).isEqualTo("charged");
        assertThat(Usd.parse(call.costUsd())).isLessThanOrEqualTo(Usd.parse(call.heldUsd()));
    }

    @Test
    void callsOfToolsAreLimitedToWhatCanBePaid() {
        String body = HI.formatted("gpt-5.5", SEARCH);
        CreatedKey some = proxyFixture.site().operator().createKey("some", "0.7");
        CreatedKey all = proxyFixture.site().operator().createKey("all", "100");

        assertThat(sent(call(proxyFixture.site(), ask(proxyFixture.site(), some, body))))
                .contains("\"max_tool_calls\":2");
        assertThat(sent(call(proxyFixture.site(), ask(proxyFixture.site(), all, body))))
                .contains("\"max_tool_calls\":4");
    }

    private static String sent(Call call) {
        CallDetail detail =
                Eventually.ask(
                        () -> proxyFixture.site().operator().call(call.id()),
                        it -> it.request() != null);
        return String.valueOf(detail.request());
    }

    @Test
    void aLargerContextOfASearchHoldsMore() {
        String body =
                "{\"model\":\"gpt-5.5\",\"input\":\"hi\",\"max_output_tokens\":100,"
                        + "\"max_tool_calls\":1,\"tools\":[{\"type\":\"web_search\","
                        + "\"search_context_size\":\"%s\"}]}";
        Usd low = held(body.formatted("low"));
        Usd medium = held(body.formatted("medium"));
        Usd high = held(body.formatted("high"));

        // Only the second turn reads the result, at 5 USD per million. Both read the bytes of the
        // request, the second time at 0.5, and "medium" has three bytes more than "low".
        assertThat(medium.minus(low)).isEqualTo(Usd.parse("0.0400165"));
        assertThat(high.minus(medium)).isEqualTo(Usd.parse("0.079989"));
        assertThat(held(body.formatted("huge"))).isGreaterThanOrEqualTo(high);
    }

    private static Usd held(String body) {
        return Usd.parse(
                call(proxyFixture.site(), ask(proxyFixture.site(), proxyFixture.bob(), body))
                        .heldUsd());
    }

    @Test
    void whatAToolCostsBeyondItsHoldIsChargedInFullAndMarked(@TempDir Path other)
            throws IOException {
        Path prices = other.resolve("prices.yaml");
        String shipped = Files.readString(Checkout.file("config/prices.yaml"));
        Files.writeString(
                prices, shipped.replaceAll("(web_search_(low|medium|high)): \\d+", "$1: 1"));
        try (ServerFixture tight =
                ServerFixture.in(
                        other.resolve("home"), Map.of("OAIPROXY_PRICES_FILE", prices.toString()))) {
            String body =
                    "{\"model\":\"gpt-5.5\",\"input\":\"[[tokens=1]]\",\"max_output_tokens\":16,"
                            + "\"max_tool_calls\":1,\"tools\":["
                            + SEARCH
                            + "]}";
            HttpResponse<String> answer =
                    ask(tight, tight.operator().createKey("bob", "10000"), body);
            Call call = call(tight, answer);

            assertThat(Usd.parse(call.costUsd())).isGreaterThan(Usd.parse(call.heldUsd()));
            assertThat(call.reason()).isEqualTo("costs more than was held");
            assertThat(call.state()).isEqualTo("charged");
            assertThat(call.costUsd()).isEqualTo(ExpectedCosts.cost(ExpectedCosts.last(tight)));
        }
    }

    @Test
    void holdsTheWholeWindowForEachCallWhereTheOperatorWantsThat(@TempDir Path other) {
        try (ServerFixture strict =
                ServerFixture.in(other, Map.of("OAIPROXY_QUOTA_TOOLS", "strict"))) {
            String body = HI.formatted("gpt-5.5", SEARCH);
            CreatedKey key = strict.operator().createKey("five", "5");

            assertThat(ask(strict, key, body).statusCode()).isEqualTo(429);
            assertThat(
                            Usd.parse(
                                    call(
                                                    strict,
                                                    ask(
                                                            strict,
                                                            strict.operator()
                                                                    .createKey("bob", "10000"),
                                                            body))
                                            .heldUsd()))
                    .isGreaterThan(Usd.parse("40"));
        }
    }
}
