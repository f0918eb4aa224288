package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.proxy.relay.socket.MessageAction;
import dev.oaiproxy.proxy.relay.socket.SocketMeter;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@Tag("database")
final class ResponsesSocketMeterTest {
    /** The cheap bound of the input is above the key's balance, so OpenAI counts the tokens. */
    private static final WebSocketMessage CREATE =
            new WebSocketMessage.Text(
                    """
                    {"type":"response.create","model":"o1-pro","input":"Hi",\
                    "previous_response_id":"resp_1","max_output_tokens":1024}\
                    """);

    private final AtomicReference<SocketMeter> dialogue = new AtomicReference<>();

    /** Ends the session during the token count. */
    private UpstreamResponse end() {
        try {
            boolean ended =
                    Thread.ofVirtual().start(dialogue.get()::end).join(Duration.ofSeconds(20));
            assertThat(ended).as("the end waits for a hold").isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ScriptedOpenAi.answer(200, ScriptedOpenAi.JSON, "{\"input_tokens\":100}");
    }

    @Test
    void asksForNothingMoreWhereItEndsWhileAHoldIsAskedFor(@TempDir Path folder) {
        try (RelayFixture relayFixture =
                new RelayFixture(folder, new ScriptedOpenAi(request -> end()))) {
            relayFixture.give(ObjectKind.RESPONSE, "resp_1");
            dialogue.set(relayFixture.responses());

            assertThat(dialogue.get().heard(CREATE)).isInstanceOf(MessageAction.Deny.class);

            assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.RELEASED);
            assertThat(relayFixture.balance().held()).isEqualTo(Usd.ZERO);
            assertThat(relayFixture.balance().spent()).isEqualTo(Usd.ZERO);
        }
    }
}
