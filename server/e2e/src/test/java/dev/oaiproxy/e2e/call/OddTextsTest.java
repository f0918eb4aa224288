package dev.oaiproxy.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import dev.oaiproxy.metering.money.Usd;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No text in a request makes the proxy fail, or is charged without having been sent to OpenAI. */
@Tag("server")
@Timeout(240)
final class OddTextsTest {
    private static final List<String> ODD =
            List.of("k\\ud83d", "\\ude00k", "\\u0000", "\\ud83d\\u0000", "\\u2028\\u007f", "'");

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

    static Stream<String> responses() {
        return Stream.of(
                "'model':'gpt-4o','input':'x','prompt_cache_key':'%s'",
                "'model':'gpt-4o','input':'x','safety_identifier':'%s'",
                "'model':'gpt-4o','input':'x','user':'%s'",
                "'model':'gpt-4o','input':'x','metadata':{'a':'%s','%s':'b'}",
                "'model':'gpt-4o','input':'%s'",
                "'model':'gpt-4o','input':[{'role':'user','content':'%s'}]",
                "'model':'gpt-4o','input':[{'type':'item_reference','id':'%s'}]",
                "'model':'gpt-4o','input':[{'type':'%s','role':'user','content':'x'}]",
                "'model':'gpt-4o','input':'x','instructions':'%s'",
                "'model':'gpt-4o%s','input':'x'",
                "'model':'gpt-4o','input':'x','service_tier':'%s'",
                "'model':'gpt-4o','input':'x','previous_response_id':'%s'",
                "'model':'gpt-4o','input':'x','conversation':'%s'",
                "'model':'gpt-4o','input':'x','tools':[{'type':'%s'}]",
                "'model':'gpt-4o','input':'x','tools':[{'type':'function','name':'%s'}]",
                "'model':'gpt-4o','input':'x','tools':[{'type':'image_generation','model':'%s'}]",
                "'model':'gpt-4o','input':'x','tools':[{'type':'file_search',"
                        + "'vector_store_ids':['%s']}]",
                "'model':'gpt-4o','input':'x','tools':[{'type':'code_interpreter',"
                        + "'container':{'type':'auto','memory_limit':'%s'}}]",
                "'model':'gpt-4o','input':'x','%s':1");
    }

    @ParameterizedTest
    @MethodSource("responses")
    void endsInAnAnswerOrARefusal(String members) {
        for (String odd : ODD) {
            String body = "{" + members.replace('\'', '"').replace("%s", odd) + "}";
            for (String path : List.of("/responses", "/chat/completions")) {
                String asked =
                        path.equals("/responses")
                                ? body
                                : body.replaceFirst("\"input\":\"[^\"]*\"", chat(odd));
                HttpResponse<byte[]> answer = proxyFixture.json(path, asked);
                assertThat(answer.statusCode()).as("%s %s", path, asked).isLessThan(500);
            }
        }
        String spent = proxyFixture.site().operator().quota("user:bob").spentUsd();
        assertThat(proxyFixture.site().operator().calls())
                .noneMatch(call -> call.state().equals("estimated"));
        assertThat(proxyFixture.site().operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
        assertThat(spent).isEqualTo(billed());
    }

    private static String chat(String odd) {
        return Matcher.quoteReplacement(
                "\"messages\":[{\"role\":\"user\",\"content\":\"" + odd + "\"}]");
    }

    private static String billed() {
        return proxyFixture.site().openAi().bill().entries().stream()
                .map(entry -> Usd.parse(ExpectedCosts.cost(entry)))
                .reduce(Usd.ZERO, Usd::plus)
                .toString();
    }
}
