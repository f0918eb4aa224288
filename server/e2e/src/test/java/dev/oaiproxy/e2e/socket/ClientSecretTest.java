package dev.oaiproxy.e2e.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.sandbox.WebSocketTestClient;
import dev.oaiproxy.sandbox.WebSocketTestClient.RefusedException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A web page gets a short-lived secret; its sessions are charged to the key that created it. */
@Tag("server")
@Timeout(120)
final class ClientSecretTest {
    private static final String SESSION =
            """
            {"session":{"type":"realtime","model":"gpt-realtime-2","output_modalities":["text"]}}
            """;

    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home);
        bob = site.operator().createKey("bob", "20");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private HttpResponse<String> ask(String body) {
        return site.web().post(site.v1("/realtime/client_secrets"), bob.secret(), body);
    }

    private String secret(String body) {
        HttpResponse<String> answer = ask(body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return HttpTestClient.json(answer.body()).path("value").asText();
    }

    private WebSocketTestClient open(String path, String secret) {
        return WebSocketTestClient.at(site.v1(path), "Authorization", "Bearer " + secret);
    }

    private void assertRefused(String path, String secret) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(path, secret).close())
                .satisfies(refused -> assertThat(refused.status()).isEqualTo(401));
    }

    @Test
    void isAnsweredAsOpenAiAnswers() {
        long before = site.clock().instant().getEpochSecond();
        JsonNode answer = HttpTestClient.json(ask(SESSION).body());
        assertThat(answer.path("value").asText()).matches("ek_[A-Za-z0-9_-]{60,}");
        assertThat(answer.path("expires_at").asLong())
                .isBetween(before + 600, site.clock().instant().getEpochSecond() + 600);
        assertThat(answer.at("/session/type").asText()).isEqualTo("realtime");
        assertThat(answer.at("/session/object").asText()).isEqualTo("realtime.session");
        assertThat(answer.at("/session/model").asText()).isEqualTo("gpt-realtime-2");
        assertThat(site.openAi().bill().entries()).isEmpty();
    }

    @Test
    void opensItsSessionAtTheCostOfItsKey() {
        try (WebSocketTestClient client = open("/realtime", secret(SESSION))) {
            JsonNode updated = client.event("session.updated");
            assertThat(updated.at("/session/output_modalities").toString()).isEqualTo("[\"text\"]");
            client.say(
                    "{'type':'conversation.item.create','item':{'type':'message','role':'user',"
                            + "'content':[{'type':'input_text',"
                            + "'text':'[[usage=119/64/13/30/91]]'}]}}");
            client.say("{'type':'response.create'}");
            client.event("response.done");
        }
        List<Call> calls =
                Eventually.ask(
                        () -> site.operator().calls(),
                        all -> all.stream().noneMatch(call -> call.state().equals("held")));
        List<Call> charged = calls.stream().filter(c -> c.state().equals("charged")).toList();
        assertThat(charged).hasSize(1);
        assertThat(charged.getFirst().costUsd()).isEqualTo("0.0072056");
        assertThat(charged.getFirst().user()).isEqualTo("bob");
    }

    @Test
    void isAKeyOfAPageAsASubprotocol() {
        String key = "openai-insecure-api-key." + secret(SESSION);
        try (WebSocketTestClient client =
                WebSocketTestClient.offering(site.v1("/realtime"), List.of("realtime", key))) {
            client.event("session.updated");
        }
    }

    @Test
    void opensATranscription() {
        String body =
                """
                {"session":{"type":"transcription",
                "audio":{"input":{"transcription":{"model":"gpt-4o-transcribe"}}}}}
                """;
        try (WebSocketTestClient client = open("/realtime", secret(body))) {
            client.event("session.updated");
        }
    }

    @Test
    void opensNothingElse() {
        String secret = secret(SESSION);
        assertThat(site.web().get(site.v1("/models"), secret).statusCode()).isEqualTo(401);
        assertRefused("/responses", secret);
        assertRefused("/realtime/translations?model=gpt-realtime-translate", secret);
        String body = SampleRequests.json("Hi", "");
        assertThat(site.web().post(site.v1("/chat/completions"), secret, body).statusCode())
                .isEqualTo(401);
        assertThat(site.web().post(site.v1("/realtime/client_secrets"), secret, "{}").statusCode())
                .isEqualTo(401);
    }

    @Test
    void endsWithItsTimeAndWithItsKey() {
        String brief =
                secret(
                        SESSION.replace(
                                "{\"session", "{\"expires_after\":{\"seconds\":10},\"session"));
        String longer = secret(SESSION);
        site.clock().advance(Duration.ofSeconds(10));
        assertRefused("/realtime", brief);
        open("/realtime", longer).close();
        site.operator().revoke(bob.key().id());
        assertRefused("/realtime", longer);
    }

    @Test
    void cannotBeMadeUp() {
        String secret = secret(SESSION);
        // The last letter has unused bits.
        for (int i = 3; i < secret.length() - 1; i += 7) {
            char other = secret.charAt(i) == 'A' ? 'B' : 'A';
            assertRefused("/realtime", secret.substring(0, i) + other + secret.substring(i + 1));
        }
        assertRefused("/realtime", "ek_");
        assertRefused("/realtime", "ek_" + "A".repeat(80));
        assertRefused("/realtime", "ek_!" + secret);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{",
                "{\"session\":{\"type\":\"other\"}}",
                "{\"model\":\"gpt-realtime-2\"}",
                "{\"expires_after\":{\"seconds\":9}}",
                "{\"expires_after\":{\"seconds\":\"soon\"}}",
                "{\"session\":\"realtime\"}",
                "{\"session\":null}",
                "{\"expires_after\":{\"seconds\":7201}}",
                "{\"session\":{\"type\":\"realtime\",\"type\":\"realtime\"}}",
            })
    void refusesWhatItDoesNotUnderstand(String body) {
        assertThat(ask(body).statusCode()).as(body).isEqualTo(400);
    }

    @Test
    void refusesASessionThatNoHeaderCanCarry() {
        StringBuilder words = new StringBuilder();
        for (int i = 0; words.length() < 20_000; i++) {
            words.append(Integer.toHexString(i * 0x9e3779b9));
        }
        String body = "{\"session\":{\"type\":\"realtime\",\"instructions\":\"" + words + "\"}}";
        assertThat(ask(body).statusCode()).isEqualTo(400);
    }
}
