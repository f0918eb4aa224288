package dev.oaiproxy.proxy.relay.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The query of a WebSocket's URL that is sent to OpenAI. */
@Tag("fast")
final class WebSocketQueryTest {
    @ParameterizedTest
    @CsvSource({
        "model=gpt-realtime-2&temperature=0.8, /realtime?model=gpt-realtime-2&temperature=0.8",
        "mod%65l=a%26call_id%3Db, /realtime?model=a%26call_id%3Db",
        "model=a&tool_choice=x&voice=b, /realtime?model=a",
        "intent=transcription&CALL_ID=x, /realtime?intent=transcription",
        "unknown=x, /realtime",
        "'', /realtime"
    })
    void sendsOnlyWhatBearsOnNothing(String query, String address) {
        WebSocketQuery read = WebSocketQuery.of(query);
        read.require();
        assertThat(read.address("/realtime")).isEqualTo(address);
    }
}
