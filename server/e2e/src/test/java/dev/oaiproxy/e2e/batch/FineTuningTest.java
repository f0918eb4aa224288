package dev.oaiproxy.e2e.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.proxy.relay.FormBuilder;
import dev.oaiproxy.sandbox.SandboxBill;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training gpt-4o-mini costs 3 USD per million tokens; a token has at least one byte. */
@Tag("server")
@Timeout(120)
final class FineTuningTest {
    private static final String LINE =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}\n";
    private static final String EPOCHS = "\"hyperparameters\":{\"n_epochs\":4}";

    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home, Map.of("OAIPROXY_FINE_TUNING_ALLOW", "true"));
        bob = site.operator().createKey("bob", "5");
    }

    @AfterEach
    void theBooksBalance() {
        String audit = site.operator().get(AdminApi.AUDIT).body();
        assertThat(HttpTestClient.json(audit).path("findings")).as(audit).isEmpty();
        site.close();
    }

    private String file(String content) {
        FormBuilder formBuilder =
                new FormBuilder()
                        .field("purpose", "fine-tune")
                        .file("file", "a.jsonl", content.getBytes(StandardCharsets.UTF_8));
        HttpRequest request =
                HttpRequest.newBuilder(site.v1("/files"))
                        .header("Authorization", "Bearer " + bob.secret())
                        .header("Content-Type", FormBuilder.TYPE)
                        .POST(BodyPublishers.ofByteArray(formBuilder.bytes()))
                        .build();
        return HttpTestClient.json(site.web().send(request)).path("id").asText();
    }

    private HttpResponse<String> train(String file, String more) {
        String body =
                "{\"model\":\"gpt-4o-mini-2024-07-18\",\"training_file\":\"%s\",%s}"
                        .formatted(file, more);
        return site.web().post(site.v1("/fine_tuning/jobs"), bob.secret(), body);
    }

    private JsonNode started(String more) {
        HttpResponse<String> answer = train(file(LINE.repeat(100)), more);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return HttpTestClient.json(answer);
    }

    private Call ended() {
        return Eventually.ask(
                () -> {
                    site.clock().advance(Duration.ofSeconds(5));
                    return site.operator().calls().getFirst();
                },
                call -> !call.state().equals("held"));
    }

    @Test
    void isRefusedNamingTheSettingWhileThatIsOff() {
        site.restart(Map.of("OAIPROXY_FINE_TUNING_ALLOW", "false"));
        HttpResponse<String> answer = train("file-1", EPOCHS);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("fine-tuning.allow");
        assertThat(site.operator().calls()).isEmpty();
    }

    @Test
    void isHeldByItsFileAndChargedByWhatItWasTrainedOn() throws Exception {
        started(EPOCHS);
        Call held = site.operator().calls().getFirst();
        assertThat(held.heldUsd())
                .isEqualTo(
                        dev.oaiproxy.metering.money.Usd.ofNanos(LINE.length() * 100L * 4 * 3_000)
                                .toString());
        Call call = ended();
        SandboxBill.BillEntry entry = site.openAi().bill().await(1).getFirst();
        assertThat(call.state()).as("%s", call).isEqualTo("charged");
        assertThat(call.costUsd()).isEqualTo(ExpectedCosts.cost(entry));
        assertThat(call.operation()).isEqualTo("fine_tuning/jobs");
        assertThat(call.model()).isEqualTo("ft:gpt-4o-mini-2024-07-18");
        assertThat(site.operator().quota("user:bob").spentUsd()).isEqualTo(call.costUsd());
    }

    @Test
    void isChargedAfterARestart() throws Exception {
        String method = "\"method\":{\"type\":\"supervised\",\"supervised\":{" + EPOCHS + "}}";
        started(method + ",\"suffix\":\"[[delay=2s]]\"");
        assertThat(site.operator().calls().getFirst().state()).isEqualTo("held");
        site.restart();
        assertThat(ended().costUsd())
                .isEqualTo(ExpectedCosts.cost(site.openAi().bill().await(1).getFirst()));
    }

    @Test
    void costsNothingWhenItFails() {
        started(EPOCHS + ",\"suffix\":\"[[end=failed]]\"");
        assertThat(ended().state()).isEqualTo("released");
    }

    private void cancelWhen(String status) {
        String id = started(EPOCHS + ",\"suffix\":\"[[delay=2s]]\"").path("id").asText();
        String path = "/fine_tuning/jobs/" + id;
        Eventually.ask(
                () ->
                        HttpTestClient.json(site.web().get(site.v1(path), bob.secret()))
                                .path("status")
                                .asText(),
                status::equals);
        site.web().post(site.v1(path + "/cancel"), bob.secret(), "");
    }

    @Test
    void costsNothingWhenItIsCancelledBeforeItsTrainingBegins() {
        cancelWhen("queued");
        assertThat(ended().state()).isEqualTo("released");
    }

    @Test
    void isChargedAtItsHoldWhenItIsCancelledAndNobodyTellsWhatItCost() {
        cancelWhen("running");
        Call call = ended();
        assertThat(call.state()).isEqualTo("estimated");
        assertThat(call.costUsd()).isEqualTo(call.heldUsd());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"seed\":1",
                "\"hyperparameters\":{\"n_epochs\":\"auto\"}",
                "\"hyperparameters\":{\"n_epochs\":51}",
                "\"hyperparameters\":{\"n_epochs\":1,\"n_epochs\":9}",
                "\"method\":{\"type\":\"dpo\",\"dpo\":{" + EPOCHS + "}}",
                "\"method\":{\"type\":\"reinforcement\"}," + EPOCHS,
                "\"method\":{\"reinforcement\":{}}," + EPOCHS,
                "\"integrations\":[{\"type\":\"wandb\"}]," + EPOCHS,
                "\"model\":\"gpt-4o\"," + EPOCHS
            })
    void isRefusedWhereItsCostHasNoBound(String more) {
        HttpResponse<String> answer = train(file(LINE), more);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(site.operator().calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no json",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\","
                        + "\"image_url\":{\"url\":\"https://x/\"}}]}]}",
                "{\"messages\":[{\"content\":[{\"type\":\"image\\u005furl\"}]}]}"
            })
    void isRefusedForAFileThatBoundsNothing(String content) {
        HttpResponse<String> answer = train(file(content), EPOCHS);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(site.operator().calls()).isEmpty();
    }

    @Test
    void isRefusedForAModelWithoutARate() {
        String body = "{\"model\":\"%s\",\"training_file\":\"%s\"," + EPOCHS + "}";
        for (String model : List.of("o4-mini-2025-04-16", "gpt-9")) {
            HttpResponse<String> answer =
                    site.web()
                            .post(
                                    site.v1("/fine_tuning/jobs"),
                                    bob.secret(),
                                    body.formatted(model, file(LINE)));
            assertThat(answer.statusCode()).as(answer.body()).isIn(400, 403, 404);
        }
        assertThat(site.operator().calls()).isEmpty();
    }

    @Test
    void theModelIsItsOwnersAlone() {
        String id = started(EPOCHS).path("id").asText();
        ended();
        String job = site.web().get(site.v1("/fine_tuning/jobs/" + id), bob.secret()).body();
        String model = HttpTestClient.json(job).path("fine_tuned_model").asText();
        CreatedKey eve = site.operator().createKey("eve", "5");
        String chat =
                "{\"model\":\"%s\",\"max_tokens\":5,\"messages\":"
                        + "[{\"role\":\"user\",\"content\":\"x\"}]}";
        HttpResponse<String> others =
                site.web().post(site.v1("/chat/completions"), eve.secret(), chat.formatted(model));
        assertThat(others.statusCode()).as(others.body()).isEqualTo(404);
        assertThat(HttpTestClient.json(others).at("/error/code").asText())
                .isEqualTo("model_not_found");
        HttpResponse<String> own =
                site.web().post(site.v1("/chat/completions"), bob.secret(), chat.formatted(model));
        assertThat(own.statusCode()).as(own.body()).isEqualTo(200);
        HttpResponse<String> further =
                site.web()
                        .post(
                                site.v1("/fine_tuning/jobs"),
                                eve.secret(),
                                "{\"model\":\"%s\",\"training_file\":\"file-1\",%s}"
                                        .formatted(model, EPOCHS));
        assertThat(further.statusCode()).isEqualTo(404);
    }
}
