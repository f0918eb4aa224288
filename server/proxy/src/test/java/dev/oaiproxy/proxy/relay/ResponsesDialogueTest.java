package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.operation.ObjectKind;
import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ResponsesDialogueTest {
    /** The cheap bound of its input is more than the key has, so that OpenAI is asked to count. */
    private static final Message CREATE =
            new Message.Text(
                    """
                    {"type":"response.create","model":"o1-pro","input":"Hi",\
                    "previous_response_id":"resp_1","max_output_tokens":1024}\
                    """);

    private final AtomicReference<Dialogue> dialogue = new AtomicReference<>();

    /** Counts tokens, while which the conversation ends. */
    private Answer end() {
        try {
            boolean ended =
                    Thread.ofVirtual().start(dialogue.get()::end).join(Duration.ofSeconds(20));
            assertThat(ended).as("the end waits for a hold").isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return PlayedOpenAi.answer(200, PlayedOpenAi.JSON, "{\"input_tokens\":100}");
    }

    @Test
    void asksForNothingMoreWhereItEndsWhileAHoldIsAskedFor(@TempDir Path folder) {
        try (Till till = new Till(folder, new PlayedOpenAi(request -> end()))) {
            till.give(ObjectKind.RESPONSE, "resp_1");
            dialogue.set(till.responses());

            assertThat(dialogue.get().heard(CREATE)).isInstanceOf(Verdict.Deny.class);

            assertThat(till.onlyCall().callState()).isEqualTo(CallState.RELEASED);
            assertThat(till.balance().held()).isEqualTo(Usd.ZERO);
            assertThat(till.balance().spent()).isEqualTo(Usd.ZERO);
        }
    }
}
