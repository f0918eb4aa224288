package dev.oaiproxy.server.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.server.usage.Cuts.Outcome;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlainTapsTest {
    private static final String BATCH =
            "{\"id\":\"batch_1\",\"object\":\"batch\",\"metadata\":{\"id\":\"x\"},\"usage\":null}";

    @Test
    void chargesWhatTheRequestDecidesWhenTheBodyIsWhole() {
        Usage usage = new Usage("tts-1", null, Map.of(Unit.CHARACTERS, 105L));
        for (String body : new String[] {"ID3\u0001sound", "", "{\"id\":\"cntr_1\"}"}) {
            assertThat(Cuts.everywhere(() -> Taps.fixed(usage), body))
                    .isEqualTo(new Outcome(body, new Reading.Complete(usage)));
        }
        Tap tap = Taps.fixed(usage);
        tap.pass(ByteBuffer.wrap("{\"id\":\"cntr_1\"".getBytes(UTF_8)));
        assertThat(tap.objectId()).isEqualTo("cntr_1");
        assertThat(tap.isFinal()).isFalse();
        assertThat(tap.reading()).isEqualTo(new Reading.Missing());
    }

    @Test
    void leavesOpenWhatIsSettledById() {
        assertThat(Cuts.everywhere(Taps::pending, BATCH))
                .isEqualTo(new Outcome(BATCH, new Reading.Pending("batch_1")));
        assertThat(Cuts.everywhere(Taps::pending, "{\"error\":{\"id\":\"x\"}}").reading())
                .isEqualTo(new Reading.Missing(true));
    }

    @Test
    void tellsTheIdOfAnObjectThatIsFree() {
        assertThat(Cuts.everywhere(Taps::object, BATCH))
                .isEqualTo(new Outcome(BATCH, new Reading.Missing()));
        assertThat(idOf(BATCH)).isEqualTo("batch_1");
        assertThat(idOf("{\"object\":\"list\",\"data\":[{\"id\":\"x\"}]}")).isNull();
        assertThat(idOf("a file")).isNull();
        assertThat(idOf("{\"id\":7}")).isNull();
    }

    @Test
    void tellsTheIdOfAChat() {
        Tap stream = Taps.chatStream(false, false);
        stream.pass(ByteBuffer.wrap("data: {\"id\":\"chatcmpl-1\"}\n\n".getBytes(UTF_8)));
        assertThat(stream.objectId()).isEqualTo("chatcmpl-1");
    }

    private static @Nullable String idOf(String answer) {
        Tap tap = Taps.object();
        tap.pass(ByteBuffer.wrap(answer.getBytes(UTF_8)));
        return tap.objectId();
    }
}
