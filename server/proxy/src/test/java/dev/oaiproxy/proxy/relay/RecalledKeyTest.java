package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls with a cached key; their admission proves that it is valid. */
@Tag("database")
final class RecalledKeyTest {
    private static final String ANSWER =
            "{\"id\":\"chatcmpl-1\",\"model\":\"gpt-4o-mini\",\"usage\":{\"prompt_tokens\":1,"
                    + "\"completion_tokens\":1,\"total_tokens\":2}}";

    @TempDir Path folder;
    private final AtomicInteger asked = new AtomicInteger();
    private RelayFixture relayFixture;
    private Secret ann;

    @BeforeEach
    void open() {
        relayFixture =
                new RelayFixture(
                        folder,
                        new ScriptedOpenAi(
                                request -> {
                                    asked.incrementAndGet();
                                    return ScriptedOpenAi.answer(200, ScriptedOpenAi.JSON, ANSWER);
                                }));
        ann = relayFixture.keyFor("ann");
    }

    @AfterEach
    void close() {
        relayFixture.close();
    }

    private BufferingClient chat(String model) {
        String body =
                """
                {"model":"%s","messages":[{"role":"user","content":"Hi"}]}\
                """
                        .formatted(model);
        return relayFixture.call(ann, "POST /chat/completions", body);
    }

    private void revoke() {
        relayFixture.store().keys().revoke(ann.id(), new Actor("admin", "test"));
        asked.set(0);
    }

    private void isRefusedAsRevoked(BufferingClient answer) {
        assertThat(answer.refusal).isEqualTo(new Refusal.RevokedKey(ann.id()));
        assertThat(asked).hasValue(0);
    }

    @Test
    void isReadOnceForManyCalls() {
        for (int i = 0; i < 3; i++) {
            assertThat(chat("gpt-4o-mini").status).isEqualTo(200);
        }
        assertThat(relayFixture.keysRead()).isEqualTo(1);
    }

    @Test
    void isRefusedOnTheVeryNextCallAfterItsRevocation() {
        assertThat(chat("gpt-4o-mini").status).isEqualTo(200);
        revoke();
        isRefusedAsRevoked(chat("gpt-4o-mini"));
        isRefusedAsRevoked(chat("gpt-4o-mini"));
    }

    @Test
    void isRefusedForItsRevocationWhateverElseIsWrong() {
        assertThat(chat("gpt-4o-mini").status).isEqualTo(200);
        revoke();
        isRefusedAsRevoked(chat("no-such-model"));
    }

    @Test
    void isReadForWhatHasNoAdmission() {
        assertThat(chat("gpt-4o-mini").status).isEqualTo(200);
        revoke();
        isRefusedAsRevoked(relayFixture.call(ann, "GET /models", ""));
        isRefusedAsRevoked(relayFixture.call(ann, "GET /no/such/path", ""));
    }

    @Test
    void isReadBeforeSomethingIsWrittenDownForIt() {
        assertThat(chat("gpt-4o-mini").status).isEqualTo(200);
        revoke();
        isRefusedAsRevoked(
                relayFixture.call(
                        ann,
                        "POST /responses",
                        "{\"model\":\"gpt-4o-mini\",\"input\":\"Hi\","
                                + "\"conversation\":\"conv_1\"}"));
    }
}
