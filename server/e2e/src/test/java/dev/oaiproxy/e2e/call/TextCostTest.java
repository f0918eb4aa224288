package dev.oaiproxy.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cost of chats, completions, embeddings and decisions. */
@Tag("server")
@Timeout(240)
final class TextCostTest {
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

    private static String chat(String model, String text, String more) {
        return """
        {"model":"%s","messages":[{"role":"user","content":"%s"}]%s}\
        """
                .formatted(model, text, more);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",\"n\":3",
                ",\"max_completion_tokens\":5",
                ",\"service_tier\":\"flex\"",
                ",\"service_tier\":\"priority\"",
                ",\"stream\":true",
                ",\"stream\":true,\"n\":2",
                ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"
            })
    void chats(String more) {
        proxyFixture.charged("/chat/completions", chat("gpt-5.6-luna", "hello [[tokens=9]]", more));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"stream\":true"})
    void chatsWithALongBeginningThatIsWrittenToTheCacheAndReadAgain(String more) {
        String body = chat("gpt-5.6-luna", "long " + more.length() + " x".repeat(3000), more);
        CallDetail first = proxyFixture.charged("/chat/completions", body);
        CallDetail second = proxyFixture.charged("/chat/completions", body);

        assertThat(first.lines()).extracting(line -> line.unit()).contains("cache_write");
        assertThat(second.lines()).extracting(line -> line.unit()).contains("cached_input");
    }

    @Test
    void tellsTheCostOfAChatAndGivesItAsItCame() {
        proxyFixture.told("/chat/completions", chat("gpt-4o", "hello", ""));
        proxyFixture.assertSame("/chat/completions", chat("gpt-4o", "hello", ""));
        proxyFixture.assertSame("/chat/completions", chat("gpt-4o", "hello", ",\"stream\":true"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"prompt\":\"hello\"",
                "\"prompt\":[\"hello\",\"you there\"],\"n\":2",
                "\"prompt\":\"hello\",\"n\":2,\"best_of\":4",
                "\"prompt\":[[1,2,3],[4,5]]",
                "\"prompt\":[1,2,3],\"max_tokens\":3",
                "\"prompt\":\"hello\",\"stream\":true",
                "\"prompt\":\"hi\",\"stream\":true,\"stream_options\":{\"include_usage\":true}"
            })
    void completes(String members) {
        String body = "{\"model\":\"gpt-3.5-turbo-instruct\"," + members + "}";
        proxyFixture.charged("/completions", body);
        proxyFixture.assertSame("/completions", body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"hello world\"",
                "[\"hello\",\"world again\"]",
                "[1,2,3]",
                "[[1,2,3],[4]]",
                "\"packed\",\"encoding_format\":\"base64\"",
                "\"short\",\"dimensions\":8"
            })
    void embeds(String input) {
        String body = "{\"model\":\"text-embedding-3-large\",\"input\":" + input + "}";
        proxyFixture.told("/embeddings", body);
        proxyFixture.assertSame("/embeddings", body);
    }

    @Test
    void decides() {
        String body =
                """
                {"model":"gpt-6-luna","input":"Is it so?","questions":[
                 {"type":"choice","name":"a","choices":[{"value":"yes"},{"value":"no"}]}]}\
                """;
        CallDetail call = proxyFixture.told("/decisions", body);
        proxyFixture.assertSame("/decisions", body);
        assertThat(call.lines()).extracting(line -> line.unit()).containsExactly("input");
    }

    @Test
    void moderatesForNothing() {
        int before = proxyFixture.site().operator().calls().size();
        HttpResponse<byte[]> answer = proxyFixture.json("/moderations", "{\"input\":\"hello\"}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(HttpTestClient.header(answer, ProxyFixture.COST)).isEmpty();
        assertThat(proxyFixture.site().operator().calls()).hasSize(before);
    }
}
