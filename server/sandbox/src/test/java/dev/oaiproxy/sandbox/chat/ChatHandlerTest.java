package dev.oaiproxy.sandbox.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.SandboxClient;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("server")
final class ChatHandlerTest {
    private static final String STREAM = "\"stream\":true";
    private static final String WITH_USAGE =
            STREAM + ",\"stream_options\":{\"include_usage\":true}";

    @AutoClose private final SandboxClient client = SandboxClient.start();

    @Test
    void answersInOpenAisShape() throws Exception {
        HttpResponse<String> answer =
                client.post(SandboxClient.chat("gpt-4o", "Hello [[tokens=3]]", ""));
        JsonNode body = SandboxClient.JSON.readTree(answer.body());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(body.path("id").asText()).startsWith("chatcmpl-");
        assertThat(body.path("object").asText()).isEqualTo("chat.completion");
        assertThat(body.path("model").asText()).isEqualTo("gpt-4o-2024-08-06");
        assertThat(body.path("service_tier").asText()).isEqualTo("default");
        JsonNode choice = body.path("choices").path(0);
        assertThat(choice.path("message").path("content").asText()).isEqualTo("This is the");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
        JsonNode usage = body.path("usage");
        assertThat(usage.path("completion_tokens").asInt()).isEqualTo(3);
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(3 + usage.path("prompt_tokens").asInt());
    }

    @Test
    void addsTheHeadersThatOpenAiAdds() throws Exception {
        HttpResponse<String> answer = client.post(SandboxClient.chat("gpt-4o", "Hello", ""));

        assertThat(answer.headers().map())
                .containsKeys(
                        "openai-processing-ms",
                        "openai-version",
                        "openai-organization",
                        "x-ratelimit-remaining-tokens",
                        "set-cookie");
        assertThat(answer.headers().firstValue("x-request-id"))
                .hasValue(client.bill().entries().getFirst().requestId());
    }

    @Test
    void countsAPlainPromptAsTheCookbookDoes() throws Exception {
        JsonNode body = client.chat(SandboxClient.chat("gpt-4o", "hello world", ""));

        // 3 for the message, 1 for its role, 2 for its text, 3 for the reply.
        assertThat(body.path("usage").path("prompt_tokens").asInt()).isEqualTo(9);
    }

    @Test
    void streamsInOpenAisShape() throws Exception {
        String request = SandboxClient.chat("gpt-4o", "Hello [[tokens=2]]", STREAM);
        HttpResponse<String> answer = client.post(request);
        List<String> events = SandboxClient.events(answer.body().lines().toList());

        assertThat(answer.headers().firstValue("content-type").orElseThrow())
                .startsWith("text/event-stream");
        assertThat(answer.headers().firstValue("transfer-encoding")).hasValue("chunked");
        assertThat(events).hasSize(5).last().isEqualTo("[DONE]");
        assertThat(delta(events, 0).path("role").asText()).isEqualTo("assistant");
        assertThat(delta(events, 1).path("content").asText()).isEqualTo("This");
        assertThat(delta(events, 3)).isEmpty();
        assertThat(events.get(3)).contains("\"finish_reason\":\"stop\"");
        assertThat(events.subList(0, 4))
                .allSatisfy(
                        event ->
                                assertThat(event)
                                        .contains("\"object\":\"chat.completion.chunk\"")
                                        .contains("\"model\":\"gpt-4o-2024-08-06\"")
                                        .contains("\"service_tier\":\"default\"")
                                        .contains("\"obfuscation\":\"")
                                        .doesNotContain("\"usage\""));
    }

    @Test
    void sendsUsageInAStreamOnlyWhenAskedTo() throws Exception {
        List<String> events =
                client.events(SandboxClient.chat("gpt-4o", "Hello [[tokens=2]]", WITH_USAGE));

        assertThat(events).hasSize(6);
        assertThat(events.subList(0, 4))
                .allSatisfy(event -> assertThat(event).contains("\"usage\":null"));
        JsonNode last = SandboxClient.JSON.readTree(events.get(4));
        assertThat(last.path("choices").isArray()).isTrue();
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.path("usage").path("completion_tokens").asInt()).isEqualTo(2);
        assertThat(last.path("usage").path("prompt_tokens").asInt())
                .isEqualTo(client.bill().entries().getFirst().tokens().prompt());
    }

    @Test
    void leavesObfuscationOutWhenToldTo() throws Exception {
        String options = STREAM + ",\"stream_options\":{\"include_obfuscation\":false}";
        assertThat(client.post(SandboxClient.chat("gpt-4o", "Hello", options)).body())
                .doesNotContain("obfuscation");
    }

    @Test
    void chargesEveryChoice() throws Exception {
        String request = "Hello [[tokens=4]]";
        JsonNode whole = client.chat(SandboxClient.chat("gpt-4o", request, "\"n\":3"));
        List<String> events =
                client.events(SandboxClient.chat("gpt-4o", request, "\"n\":3," + STREAM));

        assertThat(whole.path("choices")).hasSize(3);
        assertThat(events).hasSize(3 * (1 + 4 + 1) + 1);
        assertThat(client.bill().entries())
                .extracting(entry -> entry.tokens().completion())
                .containsExactly(12, 12);
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o,max_tokens,5,5,length",
        "gpt-4o,max_completion_tokens,5,5,length",
        "gpt-4o,max_tokens,16,16,stop",
        "gpt-5,max_completion_tokens,70,70,length",
        "gpt-5,max_completion_tokens,20,20,length",
        "gpt-5,max_completion_tokens,500,80,stop"
    })
    void respectsTheLimit(String model, String name, int limit, int completion, String reason)
            throws Exception {
        JsonNode body =
                client.chat(SandboxClient.chat(model, "Hello", "\"%s\":%d".formatted(name, limit)));

        assertThat(body.path("usage").path("completion_tokens").asInt()).isEqualTo(completion);
        assertThat(body.path("choices").path(0).path("finish_reason").asText()).isEqualTo(reason);
    }

    @Test
    void chargesThoughtsThatNobodySees() throws Exception {
        JsonNode body =
                client.chat(SandboxClient.chat("o3", "Hello", "\"reasoning_effort\":\"low\""));

        JsonNode usage = body.path("usage");
        assertThat(usage.path("completion_tokens").asInt()).isEqualTo(48);
        assertThat(usage.path("completion_tokens_details").path("reasoning_tokens").asInt())
                .isEqualTo(32);
    }

    @Test
    void readsALongPromptFromItsCacheTheSecondTime() throws Exception {
        String request = SandboxClient.chat("gpt-4o", "word ".repeat(2000), "");
        client.post(request);
        client.post(request);
        client.post(SandboxClient.chat("gpt-5.6", "word ".repeat(2000), ""));

        assertThat(client.bill().entries())
                .extracting(entry -> entry.tokens().cached())
                .containsExactly(0, 1920, 0);
        assertThat(client.bill().entries())
                .extracting(entry -> entry.tokens().cacheWrite())
                .containsExactly(0, 0, 1920);
    }

    @ParameterizedTest
    @CsvSource({
        "auto,'',default",
        "default,'',default",
        "flex,'',flex",
        "priority,'',priority",
        "fast,'',priority",
        "priority,[[tier=default]],default"
    })
    void namesTheTierThatItServedAt(String asked, String directive, String served)
            throws Exception {
        String more = "\"service_tier\":\"" + asked + "\"";
        JsonNode body = client.chat(SandboxClient.chat("gpt-5", "Hello " + directive, more));

        assertThat(body.path("service_tier").asText()).isEqualTo(served);
        assertThat(client.bill().entries().getFirst().tier()).isEqualTo(served);
    }

    @Test
    void keepsABillThatCanBeFetched() throws Exception {
        client.post(SandboxClient.chat("gpt-4o", "hello world", ""));

        SandboxBill.BillEntry entry = client.bill().entries().getFirst();
        assertThat(entry)
                .isEqualTo(
                        new SandboxBill.BillEntry(
                                entry.requestId(),
                                "chat/completions",
                                new SandboxBill.ServedUsage(
                                        "gpt-4o-2024-08-06",
                                        "default",
                                        new TokenCounts(9, 0, 0, 16, 0),
                                        List.of()),
                                false,
                                200,
                                CallEnd.COMPLETE));
        JsonNode fetched =
                SandboxClient.JSON.readTree(
                        client.send(client.request("/../sandbox/bill").build()).body());
        assertThat(fetched.path("data").path(0).path("request_id").asText())
                .isEqualTo(entry.requestId());
        assertThat(fetched.path("data").path(0).path("tokens").path("prompt").asInt()).isEqualTo(9);
    }

    private static JsonNode delta(List<String> events, int index) throws Exception {
        return SandboxClient.JSON.readTree(events.get(index)).path("choices").path(0).path("delta");
    }
}
