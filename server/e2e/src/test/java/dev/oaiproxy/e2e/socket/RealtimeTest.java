package dev.oaiproxy.e2e.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.sandbox.WebSocketTestClient;
import dev.oaiproxy.sandbox.WebSocketTestClient.RefusedException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Realtime sessions over real sockets: a client, the proxy, and the stand-in. */
@Tag("server")
@Timeout(120)
final class RealtimeTest {
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

    private static String audio(String event, int bytes) {
        String base64 = Base64.getEncoder().encodeToString(new byte[bytes]);
        return "{'type':'" + event + "','audio':'" + base64 + "'}";
    }

    private static String transcribedBy(String model) {
        return "{'type':'session.update','session':{'audio':{'input':{'transcription':{'model':'"
                + model
                + "'}}}}}";
    }

    /** All calls once they have ended; their number and their cost must match. */
    private List<Call> charged(int count) {
        List<Call> ended =
                Eventually.ask(
                        () -> site.operator().calls(),
                        calls -> calls.stream().noneMatch(call -> call.state().equals("held")));
        List<Call> charged = ended.stream().filter(call -> call.state().equals("charged")).toList();
        assertThat(charged).hasSize(count);
        assertThat(ended).allMatch(call -> !call.state().equals("estimated"));
        // The next turn may be held once more before the end is known.
        Eventually.ask(
                () -> site.operator().quota("user:bob").heldUsd(), held -> held.equals("0.00"));
        return charged;
    }

    private void assertTheBillIsTheLedger(int count) {
        Usd booked =
                charged(count).stream()
                        .map(call -> Usd.parse(call.costUsd()))
                        .reduce(Usd.ZERO, Usd::plus);
        Usd billed =
                site.openAi().bill().entries().stream()
                        .map(entry -> Usd.parse(ExpectedCosts.cost(entry)))
                        .reduce(Usd.ZERO, Usd::plus);
        assertThat(booked).isEqualTo(billed).isGreaterThan(Usd.ZERO);
        assertThat(site.operator().quota("user:bob").spentUsd()).isEqualTo(booked.toString());
    }

    @Test
    void chargesAResponseExactlyBeforeItIsToldDone() {
        try (WebSocketTestClient client = open(MODEL)) {
            client.say(TEXT).say(item("[[usage=119/64/13/30/91]]")).say(CREATE);
            client.event("response.done");
            Call call =
                    site.operator().calls().stream()
                            .filter(one -> one.state().equals("charged"))
                            .findAny()
                            .orElseThrow();
            assertThat(call.costUsd()).isEqualTo("0.0072056");
            assertThat(call.model()).isEqualTo("gpt-realtime-2");
            assertThat(call.operation()).isEqualTo("realtime");
            client.goodbye();
            client.closeCode();
        }
        assertTheBillIsTheLedger(1);
    }

    @Test
    void chargesWhatBeginsByItselfAndItsTranscription() {
        try (WebSocketTestClient client = open(MODEL)) {
            client.say(transcribedBy("whisper-1"));
            client.event("session.updated");
            client.say(audio("input_audio_buffer.append", 48_000));
            client.event("conversation.item.input_audio_transcription.completed");
            client.event("response.done");
            client.say(audio("input_audio_buffer.append", 48_000));
            client.event("response.done");
        }
        assertTheBillIsTheLedger(4);
    }

    @Test
    void chargesTranscriptionsByTokensWithoutAModelThatAnswers() {
        try (WebSocketTestClient client = open("/realtime?intent=transcription")) {
            client.say(transcribedBy("gpt-4o-transcribe"));
            client.event("session.updated");
            client.say(audio("input_audio_buffer.append", 96_000));
            client.event("conversation.item.input_audio_transcription.completed");
            client.event("conversation.item.input_audio_transcription.completed");
            client.say(CREATE);
            assertThat(client.event("error").path("error").path("message").asText())
                    .contains("only transcribes");
        }
        assertTheBillIsTheLedger(2);
    }

    @Test
    void chargesTranslationsByTheSecondsThatAreSent() throws InterruptedException {
        String append = "session.input_audio_buffer.append";
        try (WebSocketTestClient client =
                open("/realtime/translations?model=gpt-realtime-translate")) {
            for (int i = 0; i < 20; i++) {
                client.say(audio(append, 160_001));
            }
            client.say(audio(append, 48_000));
            for (int i = 0; i < 21; i++) {
                client.event("session.output_audio.delta");
            }
            client.goodbye();
            client.closeCode();
        }
        site.openAi().bill().await(1);
        List<Call> calls = charged(2);
        // 67.67 seconds, of which the last begun one counts.
        assertThat(ExpectedCosts.last(site).extras().getFirst().quantity()).isEqualTo(68);
        Usd cost = calls.stream().map(c -> Usd.parse(c.costUsd())).reduce(Usd.ZERO, Usd::plus);
        assertThat(cost).isEqualTo(Usd.parse("0.038533333"));
    }

    @Test
    void endsProperlyWhenTheQuotaIsGoneAndNeverPassesIt() {
        bob = site.operator().createKey("ann", "2.45");
        try (WebSocketTestClient client = open(MODEL)) {
            client.say(item("[[usage=0/0/4000/0/800]]"));
            client.say(CREATE).event("response.done");
            client.say(item("[[usage=0/0/4000/0/800]]"));
            client.say(CREATE).event("response.done");
            JsonNode error = client.event("error").path("error");
            assertThat(error.path("type").asText()).isEqualTo("insufficient_quota");
            assertThat(error.path("code").asText()).isEqualTo("insufficient_quota");
            assertThat(client.closeCode()).isEqualTo(1008);
        }
        assertThat(site.operator().quota("user:ann").spentUsd()).isEqualTo("0.3584");
        assertThat(site.operator().quota("user:ann").heldUsd()).isEqualTo("0.00");
    }

    @Test
    void chargesAResponseWhoseClientHasHungUp() {
        try (WebSocketTestClient client = open(MODEL)) {
            client.say(TEXT).say(item("[[tokens=200]] [[delay=5ms]]")).say(CREATE);
            client.event("response.output_text.delta");
        }
        assertTheBillIsTheLedger(1);
        assertThat(ExpectedCosts.last(site).tokens().completion()).isEqualTo(200);
        assertThat(site.operator().calls())
                .as("nothing more is held for what could begin")
                .hasSize(1);
    }

    @Test
    void chargesNothingForAResponseThatFailsAtOnce() {
        try (WebSocketTestClient client = open(MODEL)) {
            client.say(item("[[fault=500]]")).say(CREATE);
            client.event("response.done");
        }
        assertThat(charged(0)).isEmpty();
    }

    @Test
    void passesNoOtherModelOn() {
        try (WebSocketTestClient client = open(MODEL)) {
            client.say("{'type':'session.update','session':{'model':'gpt-realtime-2.1'}}");
            assertThat(client.event("error").path("error").path("param").asText())
                    .isEqualTo("session.model");
            client.say(transcribedBy("whisper-99"));
            assertThat(client.event("error").path("error").path("code").asText())
                    .isEqualTo("model_not_found");
            client.say("{'type':'session.update','type':'response.create'}");
            client.event("error");
            client.say(TEXT);
            assertThat(client.event("session.updated").path("session").path("audio").toString())
                    .contains("\"transcription\":null");
        }
    }

    @Test
    void refusesBeforeTheUpgrade() {
        assertThat(refusal(() -> WebSocketTestClient.at(site.v1(MODEL)))).isEqualTo(401);
        assertThat(refusal(() -> open("/realtime?model=gpt-realtime-99"))).isEqualTo(404);
        assertThat(refusal(() -> open("/realtime?call_id=rtc_1"))).isEqualTo(400);
        assertThat(refusal(() -> open("/live/sessions"))).isEqualTo(403);
        assertThat(refusal(() -> open("/nothing"))).isEqualTo(404);
        bob = site.operator().createKey("ann", "0.1");
        assertThat(refusal(() -> open(MODEL))).isEqualTo(429);
        site.operator().revoke(bob.key().id());
        assertThat(refusal(() -> open(MODEL))).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "temperature=0.8",
                "temperature=0.8&voice=alloy",
                "utm_source=x",
                "x",
                "",
                "beta=true&api-version=2025"
            })
    void passesOverParametersThatBearOnNothing(String more) {
        try (WebSocketTestClient client = open(MODEL + "&" + more)) {
            client.event("session.created");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "call_id=rtc_1",
                "c%61ll_id=rtc_1",
                "project=p",
                "organization=o",
                "session[tools]=x",
                "prompt=pmpt_1",
                "model=gpt-realtime-2",
                "mod%65l=gpt-realtime-2"
            })
    void refusesParametersThatBearOnMoneyOrAccess(String more) {
        assertThat(refusal(() -> open(MODEL + "&" + more))).isEqualTo(400);
    }

    private static int refusal(Runnable opening) {
        RefusedException refused =
                assertThatExceptionOfType(RefusedException.class).isThrownBy(opening::run).actual();
        return refused.status();
    }

    @Test
    void takesTheKeyAsBrowsersPresentItAndInThePath() {
        List<String> offered = List.of("realtime", "openai-insecure-api-key." + bob.secret());
        try (WebSocketTestClient browser = WebSocketTestClient.offering(site.v1(MODEL), offered)) {
            browser.event("session.created");
            assertThat(browser.protocol()).isEqualTo("realtime");
        }
        var inPath = site.address().resolve("/" + bob.secret() + "/v1" + MODEL);
        try (WebSocketTestClient client = WebSocketTestClient.at(inPath, "api-key", "any")) {
            client.event("session.created");
        }
    }

    @Test
    void givesTheClientItsOwnIdsInErrors() {
        String create = "{'type':'response.create','event_id':'mine \\u0022'}";
        try (WebSocketTestClient client = open(MODEL)) {
            client.say(TEXT).say(item("[[tokens=60]] [[delay=5ms]]")).say(create);
            client.event("response.created");
            client.say(create);
            JsonNode error = client.event("error").path("error");
            assertThat(error.path("event_id").asText()).isEqualTo("mine \"");
            client.event("response.done");
        }
        assertTheBillIsTheLedger(1);
    }

    @Test
    void hearsNothingBeforeItKnowsWhatTranscribes() {
        try (WebSocketTestClient client = open("/realtime?intent=transcription")) {
            client.say(audio("input_audio_buffer.append", 48_000));
            String why = client.event("error").path("error").path("message").asText();
            assertThat(why).contains("Set a transcription model");
        }
    }

    @Test
    void passesNothingOnThatItDoesNotKnow() {
        try (WebSocketTestClient client = open(MODEL)) {
            client.event("session.created");
            client.say("{'type':'response.create.twice'}");
            String why = client.event("error").path("error").path("message").asText();
            assertThat(why).contains("does not know");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'audio':{'input':{'format':{'type':'audio/pcmu'}}}",
                "'audio':{'input':{'format':{'type':'audio/pcm','rate':8000}}}",
                "'audio':{'input':{'format':'g711_ulaw'}}",
                "'input_audio_format':'g711_ulaw'"
            })
    void metersTranslationsOfTheSoundThatIsMeasuredOnly(String session) {
        try (WebSocketTestClient client =
                open("/realtime/translations?model=gpt-realtime-translate")) {
            client.say("{'type':'session.update','session':{" + session + "}}");
            String why = client.event("error").path("error").path("message").asText();
            assertThat(why).contains("PCM16 audio at 24 kHz");
        }
    }

    @Test
    void takesMessagesInPartsWithPingsBetween() {
        try (WebSocketTestClient client = open(MODEL)) {
            client.ping()
                    .sayInParts("{'type':'session.upd", "ate','session':{'instru", "ctions':'é'}}");
            assertThat(
                            client.event("session.updated")
                                    .path("session")
                                    .path("instructions")
                                    .asText())
                    .isEqualTo("é");
        }
    }
}
