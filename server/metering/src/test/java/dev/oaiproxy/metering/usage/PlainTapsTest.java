package dev.oaiproxy.metering.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.usage.CutResponses.CutResult;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fast")
class PlainTapsTest {
    private static final String BATCH =
            "{\"id\":\"batch_1\",\"object\":\"batch\",\"metadata\":{\"id\":\"x\"},\"usage\":null}";

    @Test
    void chargesWhatTheRequestDecidesWhenTheBodyIsWhole() {
        Usage usage = new Usage("tts-1", null, Map.of(Unit.CHARACTERS, 105L));
        for (String body : new String[] {"ID3\u0001sound", "", "{\"id\":\"cntr_1\"}"}) {
            assertThat(CutResponses.everywhere(() -> Taps.fixed(usage), body))
                    .isEqualTo(new CutResult(body, new UsageResult.Complete(usage)));
        }
        Tap tap = Taps.fixed(usage);
        tap.pass(ByteBuffer.wrap("{\"id\":\"cntr_1\"".getBytes(UTF_8)));
        assertThat(tap.isFinal()).isFalse();
        assertThat(tap.reading()).isEqualTo(new UsageResult.Missing());
    }

    @Test
    void leavesOpenWhatIsSettledById() {
        assertThat(CutResponses.everywhere(Taps::pending, BATCH))
                .isEqualTo(new CutResult(BATCH, new UsageResult.Pending("batch_1")));
        assertThat(CutResponses.everywhere(Taps::pending, "{\"error\":{\"id\":\"x\"}}").result())
                .isEqualTo(new UsageResult.Missing(true));
    }
}
