package dev.oaiproxy.e2e.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.sandbox.SandboxBill;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The cost of batches: rates by hand, quantities from the stand-in's bill, in nano-dollars. */
@Tag("server")
@Timeout(120)
final class BatchCostTest {
    private static final String EMBEDDINGS = "/v1/embeddings";
    private static final String IMAGES = "/v1/images/generations";

    @TempDir Path home;

    private ServerFixture site;
    private BatchClient bob;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home);
        bob = new BatchClient(site, "bob", "100");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private List<SandboxBill.TokenCounts> tokens() {
        return site.openAi().bill().entries().stream()
                .filter(entry -> entry.tier().equals("batch"))
                .map(SandboxBill.BillEntry::tokens)
                .toList();
    }

    private static String usd(long nanos) {
        return Usd.ofNanos(nanos).toString();
    }

    @Test
    void aChatCostsHalf() {
        String more = ",\"max_completion_tokens\":100";
        String lines =
                BatchClient.chat("a", "Hi [[tokens=3]]", more)
                        + "\n"
                        + BatchClient.chat("b", "Ho [[tokens=40]]", more);
        bob.start(BatchClient.CHAT, lines, "[[delay=50ms]]");
        Call held = site.operator().calls().getFirst();
        assertThat(held.state()).isEqualTo("held");
        // Input 1.25 and output 5 USD per million; a token has at least one byte.
        long bytes =
                Stream.of("Hi [[tokens=3]]", "Ho [[tokens=40]]")
                        .mapToLong(text -> BatchClient.chatBody(text, more).getBytes(UTF_8).length)
                        .sum();
        assertThat(held.heldUsd()).isEqualTo(usd(bytes * 1250 + 2 * 100 * 5000));

        Call call = bob.settled();
        long in = tokens().stream().mapToLong(SandboxBill.TokenCounts::prompt).sum();
        assertThat(call.state()).isEqualTo("charged");
        assertThat(call.reason()).isNull();
        assertThat(call.model()).isEqualTo("gpt-4o");
        assertThat(call.inputTokens()).isEqualTo(in);
        assertThat(call.outputTokens()).isEqualTo(43);
        assertThat(call.costUsd()).isEqualTo(usd(in * 1250 + 43 * 5000));
        assertThat(site.operator().call(call.id()).tier()).isEqualTo("batch");
    }

    @Test
    void aResponseCostsHalfAndItsToolsWhatTheyAlwaysDo() {
        String body =
                """
                {"model":"gpt-5.6-luna","input":"hello","max_tool_calls":4,\
                "tools":[{"type":"web_search"},{"type":"code_interpreter",\
                "container":{"type":"auto"}}]}\
                """;
        String plain = "{\"model\":\"gpt-5.6-luna\",\"input\":\"hello\"}";
        bob.start(
                BatchClient.RESPONSES,
                BatchClient.line("a", BatchClient.RESPONSES, body)
                        + BatchClient.line("b", BatchClient.RESPONSES, plain),
                "");
        Call call = bob.settled();
        CallDetail detail = site.operator().call(call.id());
        long tokens =
                tokens().stream()
                        .mapToLong(
                                used ->
                                        (used.prompt() - used.cached() - used.cacheWrite()) * 100L
                                                + used.cached() * 10L
                                                + used.cacheWrite() * 125L
                                                + used.completion() * 600L)
                        .sum();
        assertThat(call.state()).as("%s", detail).isEqualTo("charged");
        assertThat(detail.lines())
                .filteredOn(line -> line.unit().equals("web_search"))
                .singleElement()
                .satisfies(line -> assertThat(line.quantity()).isEqualTo(1));
        // A search costs 0.01 USD, and a session of twenty minutes 0.03.
        assertThat(call.costUsd()).isEqualTo(usd(tokens + 10_000_000 + 30_000_000));
        assertThat(Usd.parse(call.heldUsd())).isGreaterThan(Usd.parse(call.costUsd()));
    }

    @Test
    void anEmbeddingCostsHalf() {
        String body = "{\"model\":\"text-embedding-3-small\",\"input\":\"hello world\"}";
        bob.start(EMBEDDINGS, BatchClient.line("a", EMBEDDINGS, body), "");
        Call call = bob.settled();
        assertThat(call.state()).isEqualTo("charged");
        assertThat(call.inputTokens()).isEqualTo(2);
        assertThat(call.costUsd()).isEqualTo(usd(2 * 10));
        assertThat(call.heldUsd()).isEqualTo(usd(body.length() * 10L));
    }

    @Test
    void anImageCostsHalf() {
        String body = "{\"model\":\"gpt-image-1.5\",\"prompt\":\"A dot\",\"quality\":\"low\"}";
        bob.start(IMAGES, BatchClient.line("a", IMAGES, body), "");
        Call call = bob.settled();
        SandboxBill.BillEntry entry = ExpectedCosts.last(site);
        long made =
                entry.extras().stream()
                        .filter(extra -> extra.unit().equals("image_output"))
                        .mapToLong(SandboxBill.ExtraUsage::quantity)
                        .sum();
        assertThat(made).isPositive();
        assertThat(call.state()).isEqualTo("charged");
        assertThat(call.costUsd()).isEqualTo(usd(entry.tokens().prompt() * 2500L + made * 16_000));
        assertThat(Usd.parse(call.heldUsd())).isGreaterThan(Usd.parse(call.costUsd()));
    }

    @Test
    void moderationsAreFree() {
        String url = "/v1/moderations";
        String body = "{\"input\":\"hello\"}";
        String id = bob.start(url, BatchClient.line("a", url, body), "");
        assertThat(bob.ended(id).path("status").asText()).isEqualTo("completed");
        assertThat(site.operator().calls()).isEmpty();
    }

    @Test
    void anErrorCostsNothing() {
        String lines =
                BatchClient.chat("a", "Hi [[tokens=3]]", "")
                        + BatchClient.chat("b", "[[fault=500]]", "");
        bob.start(BatchClient.CHAT, lines, "");
        Call call = bob.settled();
        long in = tokens().stream().mapToLong(SandboxBill.TokenCounts::prompt).sum();
        assertThat(call.state()).isEqualTo("charged");
        assertThat(call.costUsd()).isEqualTo(usd(in * 1250 + 3 * 5000));
    }

    @Test
    void anAnswerWithoutUsageCostsTheHold() {
        String lines =
                BatchClient.chat("a", "Hi", "") + BatchClient.chat("b", "[[fault=no-usage]]", "");
        bob.start(BatchClient.CHAT, lines, "");
        Call call = bob.settled();
        assertThat(call.state()).isEqualTo("estimated");
        assertThat(call.reason()).startsWith("line 2 of the output");
        assertThat(call.costUsd()).isEqualTo(call.heldUsd());
    }
}
