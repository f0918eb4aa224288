package dev.oaiproxy.server.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.NewKey;
import dev.oaiproxy.server.Eventually;
import dev.oaiproxy.server.Installation;
import dev.oaiproxy.server.SocketClient;
import dev.oaiproxy.server.Web;
import dev.oaiproxy.server.recorded.Exchange.Http;
import dev.oaiproxy.server.recorded.Exchange.Message;
import dev.oaiproxy.server.recorded.Exchange.Talk;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
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
        NewKey key = site.operator().createKey("bob", "1000");
        for (Exchange.Step step : exchange.steps()) {
            switch (step) {
                case Http http -> ask(http, key.secret());
                case Talk talk -> talk(talk, key.secret());
            }
        }
        List<String> asked =
                exchange.requests().stream()
                        .filter(step -> step.asked().bytes().length > 0)
                        .map(Http::toUpstream)
                        .toList();
        assertThat(openAi.asked()).isEqualTo(asked);
        assertThat(ended(key).stream().map(this::charge)).isEqualTo(exchange.charges());
    }

    private static void ask(Http step, String secret) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(site.v1(step.target()))
                        .header("Authorization", "Bearer " + secret);
        byte[] body = step.sent().bytes();
        if (body.length > 0) {
            request.header("Content-Type", step.sent().type());
        }
        request.method(
                step.method(),
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        HttpResponse<byte[]> answer = site.web().fetch(request.build());
        assertThat(Body.text(answer.body())).isEqualTo(Body.text(step.seen().bytes()));
        assertThat(answer.statusCode()).isEqualTo(step.seen().status());
        assertThat(Web.header(answer, "content-type")).isEqualTo(step.seen().type());
    }

    private static void talk(Talk step, String secret) {
        try (SocketClient client =
                SocketClient.at(site.v1(step.target()), "Authorization", "Bearer " + secret)) {
            for (Message message : step.messages()) {
                if (message.fromClient()) {
                    client.say(message.json());
                } else {
                    JsonNode event = client.event();
                    assertThat(event).isEqualTo(Web.json(message.json()));
                }
            }
            client.goodbye();
            client.closeCode();
        }
    }

    /** The calls of a key that were not released, the oldest first, once all have ended. */
    private static List<Call> ended(NewKey key) {
        List<Call> calls =
                Eventually.ask(
                        () -> {
                            List<Call> all = calls(key);
                            if (!areEnded(all)) {
                                site.clock().advance(Duration.ofSeconds(5));
                            }
                            return all;
                        },
                        ReplayThroughProxyTest::areEnded);
        return calls.reversed().stream().filter(call -> !call.state().equals("released")).toList();
    }

    private static boolean areEnded(List<Call> calls) {
        return calls.stream().noneMatch(call -> call.state().equals("held"));
    }

    private static List<Call> calls(NewKey key) {
        return site.operator().calls().stream()
                .filter(call -> key.key().id().equals(call.key()))
                .toList();
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
