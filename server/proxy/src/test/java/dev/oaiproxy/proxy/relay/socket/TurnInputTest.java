package dev.oaiproxy.proxy.relay.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The input of the next turn of a session. */
@Tag("fast")
final class TurnInputTest {
    private static final int MINUTE_OF_PCM = 60 * 48_000;
    private static final int MINUTE_OF_G711 = 60 * 8_000;
    private static final int TOKENS_OF_A_MINUTE = 60 * 15;

    private final TurnInput input = new TurnInput();
    private final long begin = input.text();

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    private static JsonNode format(String format) throws IOException {
        return json("{'audio':{'input':{'format':" + format + "}}}");
    }

    private static JsonNode content(String part) throws IOException {
        return json("{'type':'message','role':'user','content':[" + part + "]}");
    }

    @Test
    void countsATextByItsBytes() throws IOException {
        input.item(content("{'type':'input_text','text':'" + "\u20ac".repeat(1_000) + "'}"));
        assertThat(input.text() - begin).isBetween(3_000L, 3_200L);
        assertThat(input.other()).isZero();
    }

    @Test
    void takesTheLongestInstructionsAndTools() throws IOException {
        input.set(json("{'instructions':'" + "a".repeat(5_000) + "'}"));
        input.set(json("{'instructions':'Hi','tools':['" + "t".repeat(700) + "']}"));
        input.response(json("{'instructions':'" + "b".repeat(6_000) + "'}"));
        assertThat(input.text() - begin).isBetween(6_700L, 6_800L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'pcm16'", "{'type':'audio/pcm','rate':24000}", "{'type':'audio/pcm'}"})
    void countsAudioAtTheRateThatOpenAiConfirms(String format) throws IOException {
        input.set(format(format));
        input.heard(MINUTE_OF_PCM);
        assertThat(input.other()).as("not confirmed").isEqualTo(6 * TOKENS_OF_A_MINUTE);
        input.isSet(format(format));
        assertThat(input.other()).isEqualTo(TOKENS_OF_A_MINUTE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"'g711_ulaw'", "{'type':'audio/pcma'}", "{'type':'audio/pcm','rate':8}"})
    void takesTheFewestBytesOnceAnotherFormatWasAskedFor(String format) throws IOException {
        input.set(format(format));
        input.isSet(format("{'type':'audio/pcm'}"));
        input.heard(MINUTE_OF_G711);
        assertThat(input.other()).isEqualTo(TOKENS_OF_A_MINUTE);
    }

    @Test
    void countsAudioInAnItemAsSoundAndNotAsText() throws IOException {
        String audio = Base64.getEncoder().encodeToString(new byte[MINUTE_OF_G711]);
        input.item(content("{'type':'input_audio','audio':'" + audio + "'}"));
        assertThat(input.other()).isEqualTo(TOKENS_OF_A_MINUTE);
        assertThat(input.text() - begin).isLessThan(300);
    }

    @Test
    void readsWhatTheModelHasSaid() throws IOException {
        input.generated(json("{'usage':{'output_tokens':200},'output':[{}]}"), 4_096);
        assertThat(input.other()).isBetween(200L, 300L);
        input.generated(json("{'usage':null}"), 4_096);
        assertThat(input.other()).isGreaterThan(4_296);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'content':[{'type':'input_image','image_url':'data:,'}]}",
                "{'content':[{'type':'x','image_url':'data:,'}]}",
                "{'type':'item_reference','id':'item_1'}"
            })
    void hasNoBoundForWhatBytesDoNotTell(String item) throws IOException {
        input.response(json("{'input':[" + item + "]}"));
        assertThat(input.other()).isEqualTo(TurnInput.UNBOUNDED);
    }
}
