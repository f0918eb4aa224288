package dev.oaiproxy.sandbox.realtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.OpenAiStandIn;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.StandInSettings;
import dev.oaiproxy.sandbox.WebSocketTestClient;
import dev.oaiproxy.sandbox.WebSocketTestClient.RefusedException;
import java.net.URI;
import java.util.Base64;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("server")
final class RealtimeSocketTest {
    private static final String SECOND = Base64.getEncoder().encodeToString(new byte[48_000]);

    @AutoClose private final OpenAiStandIn standIn = OpenAiStandIn.start(StandInSettings.DEFAULT);

    private WebSocketTestClient open(String path) {
        return WebSocketTestClient.at(
                URI.create(standIn.baseUrl() + path),
                "Authorization",
                "Bearer " + standIn.apiKey());
    }

    private static String item(String text) {
        return "{'type':'conversation.item.create','item':{'type':'message','role':'user',"
                + "'content':[{'type':'input_text','text':'"
                + text
                + "'}]}}";
    }

    private static String append(String audio) {
        return "{'type':'input_audio_buffer.append','audio':'" + audio + "'}";
    }

    private static String session(String settings) {
        return "{'type':'session.update','session':{" + settings + "}}";
    }

    @Test
    void answersInTextWithItsUsage() {
        try (WebSocketTestClient client = open("/realtime?model=gpt-realtime-2")) {
            assertThat(client.event("session.created").path("session").path("model").asText())
                    .isEqualTo("gpt-realtime-2");
            client.say(session("'type':'realtime','output_modalities':['text']"));
            client.event("session.updated");
            client.say(item("[[tokens=3]] Hello"));
            client.event("conversation.item.done");
            client.say("{'type':'response.create'}");
            client.event("response.created");
            assertThat(client.event("response.output_text.delta").path("delta").asText())
                    .isEqualTo("This");
            JsonNode response = client.event("response.done").path("response");
            assertThat(response.path("status").asText()).isEqualTo("completed");
            JsonNode output = response.path("usage").path("output_token_details");
            assertThat(output.path("text_tokens").asInt()).isEqualTo(3);
            assertThat(output.path("audio_tokens").asInt()).isZero();
            SandboxBill.BillEntry entry = standIn.bill().entries().getFirst();
            assertThat(entry.tokens().prompt())
                    .isEqualTo(response.path("usage").path("input_tokens").asInt());
            assertThat(entry.tokens().completion()).isEqualTo(3);
        }
    }

    @Test
    void answersInAudioByItselfWhenATurnHasBeenSpoken() {
        try (WebSocketTestClient client = open("/realtime?model=gpt-realtime-2")) {
            client.say(session("'audio':{'input':{'transcription':{'model':'whisper-1'}}}"));
            client.say(append(SECOND));
            client.event("input_audio_buffer.committed");
            JsonNode heard = client.event("conversation.item.input_audio_transcription.completed");
            assertThat(heard.path("usage").path("seconds").asDouble()).isEqualTo(1);
            client.event("response.output_audio.delta");
            JsonNode usage = client.event("response.done").path("response").path("usage");
            assertThat(usage.path("input_token_details").path("audio_tokens").asInt())
                    .isEqualTo(10);
            assertThat(usage.path("output_token_details").path("audio_tokens").asInt())
                    .isEqualTo(32);
            assertThat(standIn.bill().entries())
                    .extracting(SandboxBill.BillEntry::model)
                    .containsExactly("whisper-1", "gpt-realtime-2");
        }
    }

    @Test
    void leavesATurnAloneWithoutVoiceDetection() {
        try (WebSocketTestClient client = open("/realtime?model=gpt-realtime-2")) {
            client.say(session("'audio':{'input':{'turn_detection':null}}"));
            client.say(append(SECOND)).say("{'type':'input_audio_buffer.commit'}");
            client.event("conversation.item.done");
            client.say("{'type':'response.cancel'}");
            assertThat(client.event("error").path("error").path("message").asText())
                    .startsWith("No active response");
        }
    }

    @Test
    void chargesWhatWasMadeOfACancelledResponse() {
        try (WebSocketTestClient client = open("/realtime?model=gpt-realtime-2")) {
            client.say(session("'output_modalities':['text']"));
            client.say(item("[[tokens=1000]] [[delay=5ms]]")).say("{'type':'response.create'}");
            client.event("response.output_text.delta");
            client.say("{'type':'response.cancel'}");
            JsonNode response = client.event("response.done").path("response");
            assertThat(response.path("status").asText()).isEqualTo("cancelled");
            assertThat(response.path("usage").path("output_tokens").asInt()).isBetween(1, 999);
        }
    }

    @Test
    void transcribesWithoutAnswering() {
        try (WebSocketTestClient client = open("/realtime?intent=transcription")) {
            client.say(
                    session(
                            "'type':'transcription','audio':{'input':{'transcription':"
                                    + "{'model':'gpt-4o-transcribe'}}}"));
            client.say(append(SECOND));
            JsonNode usage =
                    client.event("conversation.item.input_audio_transcription.completed")
                            .path("usage");
            assertThat(usage.path("type").asText()).isEqualTo("tokens");
            assertThat(usage.path("total_tokens").asInt()).isEqualTo(14);
        }
    }

    @Test
    void translatesByTheSecond() throws InterruptedException {
        try (WebSocketTestClient client =
                open("/realtime/translations?model=gpt-realtime-translate")) {
            client.event("session.created");
            client.say("{'type':'session.input_audio_buffer.append','audio':'" + SECOND + "'}");
            client.event("session.output_audio.delta");
            client.say("{'type':'session.close'}");
            assertThat(client.closeCode()).isEqualTo(1000);
        }
        assertThat(standIn.bill().await(1).getFirst().extras())
                .containsExactly(
                        new SandboxBill.ExtraUsage("gpt-realtime-translate", "seconds", 1));
    }

    @Test
    void givesOneResponseAfterTheOtherOnOneSocket() {
        String create = "{'type':'response.create','model':'gpt-4o','input':'[[tokens=2]]'%s}";
        try (WebSocketTestClient client = open("/responses")) {
            client.say(create.formatted("")).say(create.formatted(",'generate':false"));
            JsonNode first = client.event("response.completed").path("response");
            assertThat(first.path("model").asText()).isEqualTo("gpt-4o-2024-08-06");
            assertThat(first.path("usage").path("output_tokens").asInt()).isEqualTo(2);
            JsonNode second = client.event("response.completed").path("response");
            assertThat(second.path("usage").path("output_tokens").asInt()).isZero();
        }
    }

    @Test
    void refusesStrangersAndUnknownModelsBeforeTheUpgrade() {
        URI realtime = URI.create(standIn.baseUrl() + "/realtime?model=gpt-realtime-2");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> WebSocketTestClient.at(realtime, "Authorization", "Bearer sk-no"))
                .matches(refused -> refused.status() == 401);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open("/realtime?model=gpt-4o"))
                .matches(refused -> refused.status() == 404);
    }

    @Test
    void breaksOffAsToldInTheMiddleOfAResponse() throws InterruptedException {
        try (WebSocketTestClient client = open("/realtime?model=gpt-realtime-2")) {
            client.say(item("[[fault=cut after=2]]")).say("{'type':'response.create'}");
            // A reset or an end, depending on what was in transit; never a close frame.
            assertThat(client.closeCode()).isIn(0, 1006);
        }
        assertThat(standIn.bill().await(1).getFirst().ending())
                .isEqualTo(SandboxBill.CallEnd.BROKEN);
    }
}
