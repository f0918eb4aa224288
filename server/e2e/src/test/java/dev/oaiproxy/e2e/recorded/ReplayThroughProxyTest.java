package dev.oaiproxy.e2e.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Http;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Recorded responses pass the proxy unchanged and cost what their files state. */
@Tag("server")
@Timeout(120)
final class ReplayThroughProxyTest {
    @TempDir private static Path home;

    private static ReplayFixture replay;

    @BeforeAll
    static void start() {
        Path prices = Path.of("src/test/resources/exchanges/prices.yaml").toAbsolutePath();
        replay = new ReplayFixture(home, Map.of("OAIPROXY_PRICES_FILE", prices.toString()));
    }

    @AfterAll
    static void stop() {
        replay.close();
    }

    static List<RecordedExchange> exchanges() {
        return RecordedExchange.all();
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void passesAndIsCharged(RecordedExchange recordedExchange) {
        ExchangeClient bob = replay.play(recordedExchange, ReplayThroughProxyTest::assertSeen);
        List<String> asked =
                recordedExchange.requests().stream()
                        .filter(step -> step.asked().bytes().length > 0)
                        .map(Http::toUpstream)
                        .toList();
        assertThat(replay.openAi().asked()).isEqualTo(asked);
        assertThat(bob.ended().stream().map(this::charge)).isEqualTo(recordedExchange.charges());
    }

    private static void assertSeen(Http step, HttpResponse<byte[]> answer) {
        assertThat(MessageBody.text(answer.body()))
                .isEqualTo(MessageBody.text(step.seen().bytes()));
        assertThat(answer.statusCode()).isEqualTo(step.seen().status());
        assertThat(HttpTestClient.header(answer, "content-type")).isEqualTo(step.seen().type());
    }

    private String charge(Call call) {
        assertThat(call.state()).as("%s", call).isEqualTo("charged");
        String units =
                replay.site().operator().call(call.id()).lines().stream()
                        .map(line -> line.unit() + "=" + line.quantity())
                        .sorted()
                        .collect(Collectors.joining(" "));
        return (call.operation() + " " + call.costUsd() + " " + units).strip();
    }
}
