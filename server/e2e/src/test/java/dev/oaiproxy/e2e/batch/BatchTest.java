package dev.oaiproxy.e2e.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponse;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Batches end long after their call; each is charged once, for its finished lines. */
@Tag("server")
@Timeout(120)
final class BatchTest {
    private static final String TWO =
            BatchClient.chat("a", "Hi [[tokens=3]]", "") + BatchClient.chat("b", "Ho", "");

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

    private void assertCharged(Call call, int answers) {
        assertThat(call.state()).as("%s", call).isEqualTo("charged");
        assertThat(site.openAi().bill().entries())
                .filteredOn(entry -> entry.tier().equals("batch"))
                .hasSize(answers);
        assertThat(call.outputTokens())
                .isEqualTo(
                        site.openAi().bill().entries().stream()
                                .mapToLong(entry -> entry.tokens().completion())
                                .sum());
    }

    @Test
    void isChargedOnceThoughItsClientPolls() {
        String id = bob.start(BatchClient.CHAT, TWO, "");
        bob.ended(id);
        assertCharged(bob.settled(), 2);
        bob.poll(id);
        bob.fetch("/batches");
        assertCharged(bob.settled(), 2);
    }

    @Test
    void isChargedAfterARestart() {
        bob.start(BatchClient.CHAT, TWO, "[[delay=500ms]]");
        assertThat(site.operator().calls().getFirst().state()).isEqualTo("held");
        site.restart();
        assertCharged(bob.settled(), 2);
    }

    @Test
    void isChargedForWhatWasFinishedBeforeItExpired() {
        String id = bob.start(BatchClient.CHAT, TWO, "[[end=expired after=1]]");
        Call call = bob.settled();
        assertCharged(call, 1);
        assertThat(call.outputTokens()).isEqualTo(3);
        assertThat(bob.poll(id).path("status").asText()).isEqualTo("expired");
    }

    @Test
    void isChargedForWhatWasFinishedBeforeItWasCancelled() {
        String id = bob.start(BatchClient.CHAT, TWO, "[[delay=700ms]]");
        Eventually.ask(
                () -> bob.poll(id),
                seen -> seen.path("request_counts").path("completed").asInt() == 1);
        bob.post("/batches/" + id + "/cancel", "{}");
        Call call = bob.settled();
        assertCharged(call, 1);
        assertThat(call.outputTokens()).isEqualTo(3);
    }

    @Test
    void costsNothingWhenItFailed() {
        bob.start(BatchClient.CHAT, TWO, "[[end=failed]]");
        Call call = bob.settled();
        assertThat(call.state()).isEqualTo("released");
        assertThat(call.reason()).isEqualTo("the batch ended as failed, without responses");
    }

    @Test
    void costsNothingWhenOpenAiDoesNotTakeIt() {
        assertThat(bob.ask(BatchClient.CHAT, TWO, "[[fault=429]]").statusCode()).isEqualTo(429);
        assertThat(bob.settled().state()).isEqualTo("released");
    }

    @Test
    void costsItsHoldWhenNobodyKnowsWhetherOpenAiTookIt() {
        assertThat(bob.ask(BatchClient.CHAT, TWO, "[[fault=close]]").statusCode()).isEqualTo(502);
        Call call = bob.settled();
        assertThat(call.state()).isEqualTo("estimated");
        assertThat(call.costUsd()).isEqualTo(call.heldUsd());
    }

    @Test
    void isChargedThoughItsClientHungUp() {
        for (String action : new String[] {"drain", "cancel"}) {
            site.restart(Map.of("OAIPROXY_ON_DISCONNECT", action));
            String body = BatchClient.order(bob.upload(TWO), BatchClient.CHAT, "");
            try (RawHttpConnection client = RawHttpConnection.to(site)) {
                client.post("/batches", bob.key().secret(), "application/json", body.length());
                client.write(body.getBytes(UTF_8));
            }
            int expected = action.equals("drain") ? 1 : 2;
            Eventually.ask(() -> site.operator().calls(), calls -> calls.size() == expected);
        }
        assertThat(Eventually.ask(this::advanced, calls -> calls == 0)).isZero();
        assertThat(site.operator().calls())
                .allSatisfy(call -> assertThat(call.state()).isEqualTo("charged"));
    }

    /** The number of held calls a minute later. */
    private long advanced() {
        site.clock().advance(Duration.ofMinutes(1));
        return site.operator().calls().stream().filter(call -> call.state().equals("held")).count();
    }

    @Test
    void itsOutputIsItsOwnersThoughNobodyPolled() {
        String id = bob.start(BatchClient.CHAT, TWO, "");
        bob.settled();
        BatchClient eve = new BatchClient(site, "eve", "1");
        JsonNode files = HttpTestClient.json(bob.fetch("/files?purpose=batch_output"));
        assertThat(files.path("data")).hasSize(1);
        String output = files.path("data").path(0).path("id").asText();

        assertThat(bob.fetch("/files/" + output + "/content").body())
                .contains("\"custom_id\":\"a\"");
        assertThat(eve.fetch("/files/" + output + "/content").statusCode()).isEqualTo(404);
        assertThat(eve.fetch("/batches/" + id).statusCode()).isEqualTo(404);
        assertThat(eve.post("/batches/" + id + "/cancel", "{}").statusCode()).isEqualTo(404);
        assertThat(HttpTestClient.json(eve.fetch("/batches")).path("data")).isEmpty();
        assertThat(HttpTestClient.json(bob.fetch("/batches")).path("data")).hasSize(1);
    }

    @Test
    void itsOutputIsItsOwnersAsSoonAsTheClientKnowsOfIt() {
        String lines = TWO + BatchClient.chat("c", "[[fault=500]]", "");
        JsonNode batch = bob.ended(bob.start(BatchClient.CHAT, lines, ""));
        for (String file : new String[] {"output_file_id", "error_file_id"}) {
            String path = "/files/" + batch.path(file).asText() + "/content";
            assertThat(bob.fetch(path).statusCode()).isEqualTo(200);
        }
        assertCharged(bob.settled(), 2);
    }

    @Test
    void theSdkRunsOne() throws Exception {
        OpenAIClient client = site.sdk(bob.key().secret());
        FileObject file =
                client.files()
                        .create(
                                FileCreateParams.builder()
                                        .file(Files.writeString(home.resolve("in.jsonl"), TWO))
                                        .purpose(FilePurpose.BATCH)
                                        .build())
                        .validate();
        Batch started =
                client.batches()
                        .create(
                                BatchCreateParams.builder()
                                        .inputFileId(file.id())
                                        .endpoint(BatchCreateParams.Endpoint.V1_CHAT_COMPLETIONS)
                                        .completionWindow(BatchCreateParams.CompletionWindow._24H)
                                        .build());
        Batch done =
                Eventually.ask(
                        () -> client.batches().retrieve(started.id()).validate(),
                        batch -> batch.status().equals(Batch.Status.COMPLETED));
        try (HttpResponse output = client.files().content(done.outputFileId().orElseThrow())) {
            assertThat(new String(output.body().readAllBytes(), UTF_8))
                    .contains("\"custom_id\":\"a\"", "\"custom_id\":\"b\"");
        }
        assertThat(client.batches().list().data()).hasSize(1);
        assertCharged(bob.settled(), 2);
    }
}
