package dev.oaiproxy.e2e.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.e2e.Installation;
import dev.oaiproxy.e2e.Web;
import dev.oaiproxy.e2e.recorded.Exchange.Http;
import dev.oaiproxy.e2e.recorded.Exchange.Talk;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What OpenAI is written down to have said passes the proxy, and costs what is written down. */
@Timeout(120)
final class ReplayThroughProxyTest {
    @TempDir private static Path home;

    private static RecordedOpenAi openAi;
    private static Installation site;

    @BeforeAll
    static void start() {
        openAi = new RecordedOpenAi();
        site =
                Installation.in(
                        home,
                        Map.of(
                                "OPENAI_BASE_URL",
                                openAi.baseUrl().toString(),
                                "OAIPROXY_FINE_TUNING_ALLOW",
                                "true",
                                "OAIPROXY_PRICES_FILE",
                                Path.of("src/test/resources/exchanges/prices.yaml")
                                        .toAbsolutePath()
                                        .toString()));
    }

    @AfterAll
    static void stop() {
        site.close();
        openAi.close();
    }

    static List<Exchange> exchanges() {
        return Exchange.all();
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void passesAndIsCharged(Exchange exchange) {
        openAi.play(exchange);
        Visit bob = new Visit(site, site.operator().createKey("bob", "1000"));
        for (Exchange.Step step : exchange.steps()) {
            switch (step) {
                case Http http -> ask(http, bob);
                case Talk talk -> bob.talk(talk);
            }
        }
        List<String> asked =
                exchange.requests().stream()
                        .filter(step -> step.asked().bytes().length > 0)
                        .map(Http::toUpstream)
                        .toList();
        assertThat(openAi.asked()).isEqualTo(asked);
        assertThat(bob.ended().stream().map(this::charge)).isEqualTo(exchange.charges());
    }

    private static void ask(Http step, Visit bob) {
        HttpResponse<byte[]> answer = bob.ask(step);
        assertThat(Body.text(answer.body())).isEqualTo(Body.text(step.seen().bytes()));
        assertThat(answer.statusCode()).isEqualTo(step.seen().status());
        assertThat(Web.header(answer, "content-type")).isEqualTo(step.seen().type());
    }

    private String charge(Call call) {
        assertThat(call.state()).as("%s", call).isEqualTo("charged");
        String units =
                site.operator().call(call.id()).lines().stream()
                        .map(line -> line.unit() + "=" + line.quantity())
                        .sorted()
                        .collect(Collectors.joining(" "));
        return (call.operation() + " " + call.costUsd() + " " + units).strip();
    }
}
