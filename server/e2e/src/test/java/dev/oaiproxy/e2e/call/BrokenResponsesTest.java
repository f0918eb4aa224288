package dev.oaiproxy.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.ChargeLine;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.metering.money.Usd;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Responses that break, stall or contradict themselves: they are never free and never estimated
 * without need.
 */
@Tag("server")
@Timeout(120)
final class BrokenResponsesTest {
    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home, Map.of("OAIPROXY_OPENAI_READ_TIMEOUT", "2s"));
        bob = site.operator().createKey("bob", "5");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private HttpResponse<String> post(String text, String more) {
        String body = SampleRequests.json(text, more);
        return site.web().post(site.v1("/chat/completions"), bob.secret(), body);
    }

    /** Asserts that the call is charged at its hold, with this reason. */
    private Call estimated(String reason) {
        Call call = site.operator().onlyCallOf(bob);
        assertThat(call.state()).isEqualTo("estimated");
        assertThat(call.reason()).startsWith(reason);
        assertThat(call.costUsd()).isEqualTo(call.heldUsd()).isNotEqualTo("0.00");
        assertThat(site.operator().quota("user:bob").spentUsd()).isEqualTo(call.heldUsd());
        assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
        return call;
    }

    /** Asserts that the call is charged for its input and the received output, with this reason. */
    private void chargedAsSeen(String reason) {
        Call call = site.operator().onlyCallOf(bob);
        assertThat(call.state()).isEqualTo("estimated");
        assertThat(call.reason()).startsWith(reason);
        Usd cost = Usd.parse(call.costUsd());
        assertThat(cost).isGreaterThan(Usd.ZERO).isLessThan(Usd.parse(call.heldUsd()));
        assertThat(site.operator().quota("user:bob").spentUsd()).isEqualTo(call.costUsd());
        assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
        List<ChargeLine> lines = site.operator().call(call.id()).lines();
        assertThat(lines.stream().map(line -> Usd.parse(line.costUsd())).reduce(Usd::plus))
                .hasValue(cost);
    }

    @ParameterizedTest
    @CsvSource({
        "fault=cut after=3, 502, upstream_broken, the response broke off",
        "fault=stall after=3, 504, upstream_timeout, the response stalled",
        "fault=close, 502, upstream_broken, the connection to OpenAI was lost",
        "delay=5s, 504, upstream_timeout, OpenAI did not respond in time"
    })
    void anAnswerThatIsNotWholeIsAnError(String directive, int status, String code, String why) {
        HttpResponse<String> answer = post("[[" + directive + "]]", "");

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(HttpTestClient.json(answer).at("/error/code").asText()).isEqualTo(code);
        assertThat(HttpTestClient.header(answer, "x-should-retry")).isEqualTo("false");
        chargedAsSeen(why);
    }

    @ParameterizedTest
    @CsvSource({
        "fault=cut after=3, the response broke off",
        "fault=stall after=3, the response stalled"
    })
    void aStreamThatIsNotWholeEndsWithAnErrorEvent(String directive, String why) {
        HttpResponse<String> answer = post("[[" + directive + "]]", SampleRequests.STREAM);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().lines().filter(line -> line.startsWith("data:"))).hasSize(4);
        assertThat(answer.body()).endsWith("\"code\":\"upstream_broken\"}}\n\n");
        chargedAsSeen(why);
    }

    @ParameterizedTest
    @CsvSource({
        "fault=cut after=2, the response broke off",
        "fault=error-event after=2, the response failed"
    })
    void speechThatIsNotWholeCostsWhatWasSaid(String directive, String why) {
        String body =
                "{\"model\":\"gpt-4o-mini-tts\",\"voice\":\"alloy\",\"stream_format\":\"sse\","
                        + "\"input\":\"hello there [["
                        + directive
                        + "]]\"}";
        site.web().post(site.v1("/audio/speech"), bob.secret(), body);
        chargedAsSeen(why);
        Call call = site.operator().onlyCallOf(bob);
        assertThat(Usd.parse(call.costUsd())).isLessThan(Usd.parse("0.02"));
    }

    @Test
    void theSdkRaisesAnErrorInsideAStream() {
        OpenAIClient client = site.sdk(bob.secret());
        try (StreamResponse<ChatCompletionChunk> answer =
                client.chat()
                        .completions()
                        .createStreaming(SampleRequests.chat("[[fault=cut after=3]]"))) {
            assertThatThrownBy(() -> answer.stream().forEach(chunk -> {}))
                    .isInstanceOf(OpenAIException.class)
                    .hasMessageContaining("broke off");
        }
        chargedAsSeen("the response broke off");
    }

    @Test
    void passesOpenAisOwnErrorEventOn() {
        HttpResponse<String> answer = post("[[fault=error-event after=2]]", SampleRequests.STREAM);

        assertThat(answer.body()).contains("The server had an error").doesNotContain("[DONE]");
        chargedAsSeen("the response failed without stating its usage");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", SampleRequests.STREAM})
    void chargesWhatWasSeenOfAnAnswerThatStatesNoUsage(String more) {
        HttpResponse<String> answer = post("[[fault=no-usage]]", more);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"finish_reason\"");
        chargedAsSeen("the response ended without stating its usage");
    }

    @ParameterizedTest
    @CsvSource({
        "bad-usage, '', the usage is inconsistent",
        "bad-usage, '\"stream\":true', the usage is inconsistent",
        "negative-usage, '', the usage is inconsistent",
        "negative-usage, '\"stream\":true', the usage is inconsistent"
    })
    void aUsageThatCannotBeBelievedIsChargedAtTheHold(String fault, String more, String why) {
        HttpResponse<String> answer = post("[[fault=" + fault + "]]", more);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"finish_reason\"");
        estimated(why);
    }
}
