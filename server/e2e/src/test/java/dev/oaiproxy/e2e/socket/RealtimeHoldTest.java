package dev.oaiproxy.e2e.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.sandbox.WebSocketTestClient;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds of a realtime session for its turns, and its cost if no usage is reported. */
@Tag("server")
@Timeout(120)
final class RealtimeHoldTest {
    private static final String MODEL = "/realtime?model=gpt-realtime-2";
    private static final String TEXT =
            "{'type':'session.update','session':{'output_modalities':['text']}}";
    private static final String CREATE = "{'type':'response.create'}";

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

    private WebSocketTestClient open(String path) {
        return WebSocketTestClient.at(site.v1(path), "Authorization", "Bearer " + bob.secret());
    }

    private static String item(String text) {
        return "{'type':'conversation.item.create','item':{'type':'message','role':'user',"
                + "'content':[{'type':'input_text','text':'"
                + text
                + "'}]}}";
    }

    /** 32,000 tokens of output, 6,000 of text, and 900 of audio, which are a minute. */
    @Test
    void opensWithWhatTheFirstTurnCanCost() {
        bob = site.operator().createKey("ann", "2.3");
        try (WebSocketTestClient client = open(MODEL)) {
            client.event("session.created");
            assertThat(site.operator().quota("user:ann").heldUsd()).isEqualTo("2.1008");
        }
    }

    @Test
    void whoCannotPayForTheFirstTurnIsToldWhatItNeedsAndWhichModelFits() {
        bob = site.operator().createKey("ann", "0.1");
        String answer = handshake(MODEL);
        assertThat(answer)
                .startsWith("HTTP/1.1 429")
                .contains("0.10 of 0.10 USD is free")
                .contains(
                        "needs 0.118336 USD: input 0.0528 (6,900 tokens), output 0.065536 (1,024 ");
        Matcher fitting = Pattern.compile("fits with model: ..([a-z0-9.-]+)").matcher(answer);
        assertThat(fitting.find()).as(answer).isTrue();
        try (WebSocketTestClient client = open("/realtime?model=" + fitting.group(1))) {
            client.event("session.created");
        }
    }

    private String handshake(String path) {
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.say(
                    """
                    GET /v1%s HTTP/1.1
                    Host: proxy
                    Authorization: Bearer %s
                    Connection: Upgrade
                    Upgrade: websocket
                    Sec-WebSocket-Version: 13
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

                    """
                            .formatted(path, bob.secret()));
            return client.answer();
        }
    }

    @Test
    void holdsMoreAsTheConversationGrows() {
        try (WebSocketTestClient client = open(MODEL)) {
            client.event("session.created");
            client.say(item("x".repeat(10_000)));
            client.event("conversation.item.done");
            Usd held = Usd.parse(site.operator().quota("user:bob").heldUsd());
            assertThat(held).isBetween(Usd.parse("2.1408"), Usd.parse("2.1428"));
            client.say("{'type':'session.update','session':{'tools':[{'type':'mcp'}]}}");
            client.event("session.updated");
            assertThat(site.operator().quota("user:bob").heldUsd())
                    .as("what a server of the client's says is not known")
                    .isEqualTo("5.12");
        }
        assertThat(site.openAi().bill().entries()).isEmpty();
    }

    /** Only the increase of the hold has to be free, not the whole hold again. */
    @Test
    void raisesTheHoldInItsPlace() {
        bob = site.operator().createKey("ann", "2.3");
        try (WebSocketTestClient client = open(MODEL)) {
            client.event("session.created");
            client.say(item("x".repeat(10_000)));
            client.event("conversation.item.done");
            Usd held = Usd.parse(site.operator().quota("user:ann").heldUsd());
            assertThat(held).isBetween(Usd.parse("2.1408"), Usd.parse("2.1428"));
            assertThat(site.operator().calls()).as("one hold, which is raised").hasSize(1);
        }
    }

    @Test
    void passesNothingOnThatMakesTheNextTurnTooDear() {
        bob = site.operator().createKey("ann", "0.3");
        try (WebSocketTestClient client = open(MODEL)) {
            client.event("session.created");
            client.say(item("x".repeat(60_000)));
            JsonNode error = client.event("error").path("error");
            assertThat(error.path("code").asText()).isEqualTo("insufficient_quota");
            assertThat(error.path("message").asText())
                    .contains("0.30 of 0.30 USD is free")
                    .contains("tokens), output 0.065536 (1,024 tokens).", "Ask your administrator");
            assertThat(client.closeCode()).isEqualTo(1008);
        }
        assertThat(site.openAi().bill().entries()).isEmpty();
        Eventually.ask(
                () -> site.operator().quota("user:ann").heldUsd(), held -> held.equals("0.00"));
    }

    /** Half of the free balance: 3,081 tokens of output. */
    @Test
    void opensWithAnOutputThatCanBePaid() {
        bob = site.operator().createKey("ann", "0.5");
        try (WebSocketTestClient client = open(MODEL)) {
            client.event("session.created");
            assertThat(site.operator().quota("user:ann").heldUsd()).isEqualTo("0.249984");
            client.say(TEXT);
            JsonNode session = client.event("session.updated").path("session");
            assertThat(session.path("output_modalities").toString())
                    .as("the first that the client is told of answers its own event")
                    .isEqualTo("[\"text\"]");
            assertThat(session.path("max_output_tokens").asLong()).isEqualTo(3_081);
            client.say(item("[[tokens=5000]] [[delay=0ms]]")).say(CREATE);
            assertThat(client.event("response.done").at("/response/usage/output_tokens").asLong())
                    .isEqualTo(3_081);
        }
        Call call =
                site.operator().endedCalls(2).stream()
                        .filter(one -> one.state().equals("charged"))
                        .findAny()
                        .orElseThrow();
        assertThat(Usd.parse(call.costUsd())).isLessThanOrEqualTo(Usd.parse(call.heldUsd()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'max_output_tokens':'inf'",
                "'max_output_tokens':4000",
                "'max_output_tokens':null",
                "'max_response_output_tokens':'inf'"
            })
    void lowersWhatTheClientSetsToWhatCanBePaid(String limit) {
        bob = site.operator().createKey("ann", "0.3");
        String name = limit.substring(1, limit.indexOf('\'', 1));
        try (WebSocketTestClient client = open(MODEL)) {
            client.say("{'type':'session.update','session':{" + limit + "}}");
            JsonNode session = client.event("session.updated").path("session");
            long most = session.path(name).asLong();
            Usd held = Usd.parse(site.operator().quota("user:ann").heldUsd());
            assertThat(most).isBetween(1_500L, 3_800L);
            assertThat(held.nanos()).isGreaterThanOrEqualTo(52_800_000 + 64_000 * most);
            client.say(TEXT).say(item("[[tokens=5000]] [[delay=0ms]]"));
            client.say("{'type':'response.create','response':{" + limit + "}}");
            assertThat(client.event("response.done").at("/response/usage/output_tokens").asLong())
                    .isBetween(1L, most);
        }
    }

    @Test
    void opensWithALimitWhereASecretSaysTheSession() {
        bob = site.operator().createKey("ann", "0.5");
        String body = "{\"session\":{\"model\":\"gpt-realtime-2\",\"instructions\":\"Hi.\"}}";
        String made =
                site.web().post(site.v1("/realtime/client_secrets"), bob.secret(), body).body();
        String secret = HttpTestClient.json(made).path("value").asText();
        try (WebSocketTestClient client =
                WebSocketTestClient.at(site.v1("/realtime"), "Authorization", "Bearer " + secret)) {
            JsonNode session = client.event("session.updated").path("session");
            assertThat(session.path("instructions").asText()).isEqualTo("Hi.");
            assertThat(session.path("max_output_tokens").asLong()).isEqualTo(3_081);
        }
    }

    /** More input leaves less output for the same amount. */
    @Test
    void lowersTheLimitAsTheConversationGrows() {
        bob = site.operator().createKey("ann", "0.5");
        try (WebSocketTestClient client = open(MODEL)) {
            for (int i = 0; i < 4; i++) {
                client.say(item("x".repeat(20_000)));
                client.event("conversation.item.done");
            }
            Usd held = Usd.parse(site.operator().quota("user:ann").heldUsd());
            assertThat(held).isBetween(Usd.parse("0.44"), Usd.parse("0.441"));
            client.say(TEXT);
            JsonNode session = client.event("session.updated").path("session");
            assertThat(session.path("max_output_tokens").asLong()).isEqualTo(1_024);
            client.say(item("x".repeat(20_000)));
            assertThat(client.event("error").path("error").path("code").asText())
                    .isEqualTo("insufficient_quota");
        }
    }

    @Test
    void holdsOneMoreForEachResponseAside() {
        String aside = "{'type':'response.create','response':{'conversation':'none'}}";
        try (WebSocketTestClient client = open(MODEL)) {
            client.say(TEXT).say(item("[[tokens=60]] [[delay=5ms]]")).say(CREATE).say(aside);
            client.event("response.created");
            client.event("response.created");
            assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("4.2016");
            client.event("response.done");
            client.event("response.done");
        }
    }

    @Test
    void holdsLessOnceTheSessionLimitsItsOutput() {
        try (WebSocketTestClient client = open(MODEL)) {
            client.say("{'type':'session.update','session':{'max_output_tokens':1000}}");
            client.event("session.updated");
            assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.1168");
            client.say("{'type':'response.create','response':{'max_output_tokens':2000}}");
            assertThat(client.event("error").path("error").path("param").asText())
                    .isEqualTo("response.max_output_tokens");
        }
    }

    @Test
    void estimatesAResponseThatOpenAiBreaksOff() {
        List<JsonNode> heard;
        try (WebSocketTestClient client = open(MODEL)) {
            client.say(item("[[fault=cut after=2]]")).say(CREATE);
            heard = client.rest();
        }
        List<Call> calls = site.operator().endedCalls(1);
        assertThat(calls.getFirst().state()).isEqualTo("estimated");
        assertThat(Usd.parse(calls.getFirst().costUsd())).isEqualTo(costOf(heard));
        assertThat(site.operator().quota("user:bob").spentUsd())
                .isEqualTo(calls.getFirst().costUsd());
    }

    /**
     * The input, and at most two words with 12 audio tokens each: the client does not see events
     * that are lost with the connection.
     */
    private static Usd costOf(List<JsonNode> heard) {
        long nanos = 8_624_000;
        for (JsonNode event : heard) {
            nanos +=
                    switch (event.path("type").asText()) {
                        case "response.output_audio_transcript.delta" ->
                                24_000L * event.path("delta").asText().length();
                        case "response.output_audio.delta" -> 12 * 64_000L;
                        default -> 0;
                    };
        }
        return Usd.ofNanos(nanos);
    }

    @Test
    void chargesWhatWasSeenOfAResponseThatStatesNoUsage() {
        try (WebSocketTestClient client = open(MODEL)) {
            client.say(TEXT).say(item("[[fault=no-usage tokens=5]]")).say(CREATE);
            client.event("response.done");
        }
        Call call =
                site.operator().calls().stream()
                        .filter(one -> one.state().equals("estimated"))
                        .findAny()
                        .orElseThrow();
        assertThat(call.costUsd()).isEqualTo("0.009128");
        Eventually.ask(
                () -> site.operator().quota("user:bob").heldUsd(), held -> held.equals("0.00"));
    }
}
