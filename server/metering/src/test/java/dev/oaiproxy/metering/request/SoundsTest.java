package dev.oaiproxy.metering.request;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.recording.Recordings;
import dev.oaiproxy.metering.request.facts.RequestFacts.Input;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Audio in chats; its length bounds its tokens if it can be read. */
@Tag("fast")
final class SoundsTest {
    private static final String MINUTE =
            Base64.getEncoder().encodeToString(Recordings.wav(8_000, 16_000, 960_000));

    private static Input chat(String parts) {
        String body =
                "{'model':'gpt-audio','messages':[{'role':'user','content':[" + parts + "]}]}";
        byte[] bytes = body.replace('\'', '"').replace("SOUND", MINUTE).getBytes(UTF_8);
        return ((ScanResult.Facts) RequestScanner.scan(Meter.CHAT, "application/json", bytes))
                .facts()
                .input();
    }

    private static String sound(String inside) {
        return "{'type':'input_audio','input_audio':{" + inside + "}}";
    }

    @Test
    void countsTheSecondsOfASound() {
        Input input = chat(sound("'format':'wav','data':'SOUND'"));
        assertThat(input.bounded()).isTrue();
        assertThat(input.pictures().audioTokens()).isEqualTo(61 * 15);
        assertThat(input.pictures().bytes()).isEqualTo(MINUTE.length());
        String two = sound("'data':'SOUND'") + "," + sound("'data':'SOUND','format':'mp3'");
        assertThat(chat(two).pictures().audioTokens()).isEqualTo(2 * 61 * 15);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'data':'SOUND\\\\n'",
                "'data':'data:audio/wav;base64,SOUND'",
                "'data':'SOUND','data':'SOUND'",
                "'data':'UklG','\\\\u0064ata':'SOUND'",
                "'data':['SOUND']",
                "'data':'SOUND','url':'https://example.com'",
                "'format':'wav'"
            })
    void hasNoBoundForWhatIsNotPlainlyASound(String inside) {
        assertThat(chat(sound(inside.replace("\\\\", "\\"))).bounded()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'text','text':'x','input_audio':{'data':'SOUND'}}",
                "{'type':'input_audio','input_audio':'SOUND'}",
                "{'type':'input_audio'}",
                "{'type':'input_audio','type':'text','input_audio':{'data':'SOUND'}}",
                "{'type':'image_url','image_url':{'url':'x'},'input_audio':{'data':'SOUND'}}"
            })
    void hasNoBoundForAPartThatIsTwoThings(String part) {
        assertThat(chat(part).bounded()).isFalse();
    }
}
