package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.metering.object.ObjectKind;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Access to models that were fine-tuned through the proxy or outside it. */
@Tag("database")
final class TunedModelsTest {
    private static final String MODEL = "ft:gpt-4o-mini-2024-07-18:org::abc";
    private static final String CHECKPOINT = MODEL + ":ckpt-step-90";
    private static final String ANSWER =
            "{\"id\":\"chatcmpl-1\",\"model\":\"gpt-4o-mini\",\"usage\":{\"prompt_tokens\":1,"
                    + "\"completion_tokens\":1,\"total_tokens\":2}}";

    @TempDir Path folder;
    private RelayFixture relayFixture;
    private Secret ann;
    private Secret eve;

    @BeforeEach
    void open() {
        relayFixture =
                new RelayFixture(
                        folder,
                        new ScriptedOpenAi(
                                request ->
                                        ScriptedOpenAi.answer(200, ScriptedOpenAi.JSON, ANSWER)));
        ann = relayFixture.keyFor("ann");
        eve = relayFixture.keyFor("eve");
    }

    @AfterEach
    void close() {
        relayFixture.close();
    }

    private boolean canUse(Secret key, String model) {
        String body =
                """
                {"model":"%s","messages":[{"role":"user","content":"Hi"}]}\
                """
                        .formatted(model);
        return relayFixture.call(key, "POST /chat/completions", body).status == 200;
    }

    @Test
    void isItsMakersAlone() {
        relayFixture.give(ann, ObjectKind.MODEL, MODEL);
        assertThat(canUse(ann, MODEL)).isTrue();
        assertThat(canUse(eve, MODEL)).isFalse();
        assertThat(canUse(relayFixture.keyFor("eve", MODEL), MODEL)).as("of another's").isFalse();
    }

    @Test
    void itsCheckpointsAreItsMakers() {
        relayFixture.give(ann, ObjectKind.MODEL, MODEL);
        assertThat(canUse(ann, CHECKPOINT)).isTrue();
        assertThat(canUse(eve, CHECKPOINT)).isFalse();
    }

    @Test
    void aCheckpointIsItsMakersBeforeTheModelIsThere() {
        relayFixture.give(ann, ObjectKind.MODEL, CHECKPOINT);
        assertThat(canUse(ann, CHECKPOINT)).isTrue();
        assertThat(canUse(eve, CHECKPOINT)).isFalse();
    }

    @Test
    void oneThatNobodyMadeHereIsForKeysThatNameIt() {
        assertThat(canUse(ann, MODEL)).isFalse();
        assertThat(canUse(relayFixture.keyFor("ann", "ft:*"), MODEL)).as("by a glob").isFalse();
        assertThat(canUse(relayFixture.keyFor("ann", MODEL), MODEL)).isTrue();
        assertThat(canUse(relayFixture.keyFor("ann", MODEL), CHECKPOINT)).isFalse();
        assertThat(canUse(relayFixture.keyFor("ann", CHECKPOINT), CHECKPOINT)).isTrue();
    }
}
