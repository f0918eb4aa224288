package dev.oaiproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.NewKey;
import dev.oaiproxy.sandbox.SocketClient;
import dev.oaiproxy.server.money.Usd;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a realtime conversation holds for its turns, and what it costs where nobody tells. */
@Timeout(120)
final class RealtimeHoldTest {
    private static final String MODEL = "/realtime?model=gpt-realtime-2";
    private static final String TEXT =
            "{'type':'session.update','session':{'output_modalities':['text']}}";
    private static final String CREATE = "{'type':'response.create'}";

    @TempDir Path home;

    private Installation site;
    private NewKey bob;

    @BeforeEach
    void start() {
        site = Installation.in(home);
        bob = site.operator().createKey("bob", "20");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private SocketClient open(String path) {
        return SocketClient.at(site.v1(path), "Authorization", "Bearer " + bob.secret());
    }

    private static String item(String text) {
        return "{'type':'conversation.item.create','item':{'type':'message','role':'user',"
                + "'content':[{'type':'input_text','text':'"
                + text
                + "'}]}}";
    }

    /** 32,000 tokens of output, 6,000 of text, and 4,500 of audio, which are five minutes. */
    @Test
    void opensWithWhatTheFirstTurnCanCost() {
        bob = site.operator().createKey("ann", "2.3");
        try (SocketClient client = open(MODEL)) {
            client.event("session.created");
            assertThat(site.operator().quota("user:ann").heldUsd()).isEqualTo("2.216");
        }
    }

    @Test
    void whoCannotPayForTheFirstTurnIsToldWhatItNeedsAndWhichModelFits() {
        bob = site.operator().createKey("ann", "1");
        String answer = handshake(MODEL);
        assertThat(answer)
                .startsWith("HTTP/1.1 429")
                .contains("1.00 of 1.00 USD is free")
                .contains("needs 2.216 USD: input 0.168 (10,500 tokens), output 2.048 (32,000 ");
        Matcher fitting = Pattern.compile("fits with model: ..([a-z0-9.-]+)").matcher(answer);
        assertThat(fitting.find()).as(answer).isTrue();
        try (SocketClient client = open("/realtime?model=" + fitting.group(1))) {
            client.event("session.created");
        }
    }

    private String handshake(String path) {
        try (RawClient client = RawClient.to(site)) {
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
        try (SocketClient client = open(MODEL)) {
            client.event("session.created");
            client.say(item("x".repeat(10_000)));
            client.event("conversation.item.done");
            Usd held = Usd.parse(site.operator().quota("user:bob").heldUsd());
            assertThat(held).isBetween(Usd.parse("2.256"), Usd.parse("2.258"));
            client.say("{'type':'session.update','session':{'tools':[{'type':'mcp'}]}}");
            client.event("session.updated");
            assertThat(site.operator().quota("user:bob").heldUsd())
                    .as("what a server of the client's says is not known")
                    .isEqualTo("5.12");
        }
        assertThat(site.openAi().bill().entries()).isEmpty();
    }

    /** What the hold grows by has to be free, and not all of it once more. */
    @Test
    void raisesTheHoldInItsPlace() {
        bob = site.operator().createKey("ann", "2.3");
        try (SocketClient client = open(MODEL)) {
            client.event("session.created");
            client.say(item("x".repeat(10_000)));
            client.event("conversation.item.done");
            Usd held = Usd.parse(site.operator().quota("user:ann").heldUsd());
            assertThat(held).isBetween(Usd.parse("2.256"), Usd.parse("2.258"));
            assertThat(site.operator().calls()).as("one hold, which is raised").hasSize(1);
        }
    }

    @Test
    void passesNothingOnThatMakesTheNextTurnTooDear() {
        bob = site.operator().createKey("ann", "2.3");
        try (SocketClient client = open(MODEL)) {
            client.event("session.created");
            client.say(item("x".repeat(40_000)));
            JsonNode error = client.event("error").path("error");
            assertThat(error.path("code").asText()).isEqualTo("insufficient_quota");
            assertThat(error.path("message").asText())
                    .contains("2.30 of 2.30 USD is free")
                    .contains("tokens), output 2.048 (32,000 tokens).", "Ask your administrator");
            assertThat(client.closeCode()).isEqualTo(1008);
        }
        assertThat(site.openAi().bill().entries()).isEmpty();
        Eventually.ask(
                () -> site.operator().quota("user:ann").heldUsd(), held -> held.equals("0.00"));
    }

    @Test
    void holdsOneMoreForEachResponseAside() {
        String aside = "{'type':'response.create','response':{'conversation':'none'}}";
        try (SocketClient client = open(MODEL)) {
            client.say(TEXT).say(item("[[tokens=60]] [[delay=5ms]]")).say(CREATE).say(aside);
            client.event("response.created");
            client.event("response.created");
            assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("4.432");
            client.event("response.done");
            client.event("response.done");
        }
    }

    @Test
    void holdsLessOnceTheSessionLimitsItsOutput() {
        try (SocketClient client = open(MODEL)) {
            client.say("{'type':'session.update','session':{'max_output_tokens':1000}}");
            client.event("session.updated");
            assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.232");
            client.say("{'type':'response.create','response':{'max_output_tokens':2000}}");
            assertThat(client.event("error").path("error").path("param").asText())
                    .isEqualTo("response.max_output_tokens");
        }
    }

    @Test
    void estimatesAResponseThatOpenAiBreaksOff() {
        List<JsonNode> heard;
        try (SocketClient client = open(MODEL)) {
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
     * What was read, and at the most two words with 12 tokens of audio each: what a connection that
     * breaks takes with it, nobody has seen.
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
        try (SocketClient client = open(MODEL)) {
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
