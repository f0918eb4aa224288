package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.upstream.Headers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An error event in a stream with status 200, for each kind of stream except chats. */
@Tag("database")
final class MediaFailureTest {
    private static final String ERROR =
            "data: {'type':'error','error':{'message':'Sorry.','type':'server_error'}}\n\n";

    /** A kind of stream: its request, and an event with a part of the result. */
    enum Stream {
        IMAGE(
                "/images/generations",
                "{'model':'gpt-image-2','prompt':'a dot','stream':true,'partial_images':2}",
                "{'type':'image_generation.partial_image','b64_json':'AA'}"),
        SPEECH(
                "/audio/speech",
                "{'model':'gpt-4o-mini-tts','voice':'alloy','input':'hi','stream_format':'sse'}",
                "{'type':'speech.audio.delta','audio':'AAAA'}"),
        TRANSCRIPT("/audio/transcriptions", "", "{'type':'transcript.text.delta','delta':'a'}"),
        COMPLETION(
                "/completions",
                "{'model':'gpt-3.5-turbo-instruct','prompt':'hi','stream':true}",
                "{'model':'gpt-3.5-turbo-instruct','choices':[{'index':0,'text':'a'}]}"),
        RESPONSE(
                "/responses",
                "{'model':'gpt-4o-mini','input':'hi','stream':true,'store':false}",
                "{'type':'response.output_text.delta','delta':'a'}");

        private final String path;
        private final String request;
        private final String piece;

        Stream(String path, String request, String piece) {
            this.path = path;
            this.request = request.replace('\'', '"');
            this.piece = "data: " + piece + "\n\n";
        }

        /** A transcription is requested by a form. */
        private byte[] body() {
            return this == TRANSCRIPT
                    ? new FormBuilder()
                            .field("model", "gpt-4o-transcribe")
                            .field("stream", "true")
                            .file("file", "a.wav", FormBuilder.wav(2))
                            .bytes()
                    : request.getBytes(StandardCharsets.UTF_8);
        }

        private Headers headers() {
            return Headers.of(
                    "Content-Type", this == TRANSCRIPT ? FormBuilder.TYPE : "application/json");
        }
    }

    /** The only call after OpenAI has sent these events. */
    private static CallRow answered(Path folder, Stream stream, List<String> events) {
        String[] told =
                events.stream().map(event -> event.replace('\'', '"')).toArray(String[]::new);
        ScriptedOpenAi openAi =
                new ScriptedOpenAi(
                        upstreamRequest -> ScriptedOpenAi.answer(200, ScriptedOpenAi.EVENTS, told));
        try (RelayFixture relayFixture = new RelayFixture(folder, openAi)) {
            Secret ann = relayFixture.keyFor("ann");
            BufferingClient bufferingClient =
                    relayFixture.call(ann, "POST " + stream.path, stream.headers(), stream.body());
            assertThat(bufferingClient.text()).as("the client is told").contains("Sorry.");
            assertThat(relayFixture.balance(ann).held()).isEqualTo(Usd.ZERO);
            assertThat(relayFixture.balance(ann).spent())
                    .isEqualTo(relayFixture.onlyCall().bill().cost());
            return relayFixture.onlyCall();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isFreeWhereNothingCameBefore(Stream stream, @TempDir Path folder) {
        CallRow call = answered(folder, stream, List.of(ERROR));
        assertThat(call.state()).isEqualTo(CallState.RELEASED);
        assertThat(call.bill().cost()).isEqualTo(Usd.ZERO);
    }

    @ParameterizedTest
    @EnumSource
    void costsWhatWasSeenAndNoMoreThanTheHold(Stream stream, @TempDir Path folder) {
        CallRow call = answered(folder, stream, List.of(stream.piece, stream.piece, ERROR));
        assertThat(call.state()).isEqualTo(CallState.ESTIMATED);
        assertThat(call.bill().cost()).isGreaterThan(Usd.ZERO).isLessThan(call.held());
    }

    /** The received part may be above the hold; the charge is not. */
    @ParameterizedTest
    @EnumSource
    void neverCostsMoreThanTheHold(Stream stream, @TempDir Path folder) {
        List<String> events = new ArrayList<>(Collections.nCopies(50_000, stream.piece));
        events.add(ERROR);
        CallRow call = answered(folder, stream, events);
        assertThat(call.state()).isEqualTo(CallState.ESTIMATED);
        assertThat(call.bill().cost()).isLessThanOrEqualTo(call.held());
    }
}
