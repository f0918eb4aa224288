package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.metering.operation.ObjectKind;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may use a model that was fine-tuned, through the proxy or outside of it. */
final class TunedModelsTest {
    private static final String MODEL = "ft:gpt-4o-mini-2024-07-18:org::abc";
    private static final String CHECKPOINT = MODEL + ":ckpt-step-90";
    private static final String ANSWER =
            "{\"id\":\"chatcmpl-1\",\"model\":\"gpt-4o-mini\",\"usage\":{\"prompt_tokens\":1,"
                    + "\"completion_tokens\":1,\"total_tokens\":2}}";

    @TempDir Path folder;
    private Till till;
    private Secret ann;
    private Secret eve;

    @BeforeEach
    void open() {
        till =
                new Till(
                        folder,
                        new PlayedOpenAi(
                                request -> PlayedOpenAi.answer(200, PlayedOpenAi.JSON, ANSWER)));
        ann = till.keyFor("ann");
        eve = till.keyFor("eve");
    }

    @AfterEach
    void close() {
        till.close();
    }

    private boolean canUse(Secret key, String model) {
        String body =
                """
                {"model":"%s","messages":[{"role":"user","content":"Hi"}]}\
                """
                        .formatted(model);
        return till.call(key, "POST /chat/completions", body).status == 200;
    }

    @Test
    void isItsMakersAlone() {
        till.give(ann, ObjectKind.MODEL, MODEL);
        assertThat(canUse(ann, MODEL)).isTrue();
        assertThat(canUse(eve, MODEL)).isFalse();
        assertThat(canUse(till.keyFor("eve", MODEL), MODEL)).as("of another's").isFalse();
    }

    @Test
    void itsCheckpointsAreItsMakers() {
        till.give(ann, ObjectKind.MODEL, MODEL);
        assertThat(canUse(ann, CHECKPOINT)).isTrue();
        assertThat(canUse(eve, CHECKPOINT)).isFalse();
    }

    @Test
    void aCheckpointIsItsMakersBeforeTheModelIsThere() {
        till.give(ann, ObjectKind.MODEL, CHECKPOINT);
        assertThat(canUse(ann, CHECKPOINT)).isTrue();
        assertThat(canUse(eve, CHECKPOINT)).isFalse();
    }

    @Test
    void oneThatNobodyMadeHereIsForKeysThatNameIt() {
        assertThat(canUse(ann, MODEL)).isFalse();
        assertThat(canUse(till.keyFor("ann", "ft:*"), MODEL)).as("by a glob").isFalse();
        assertThat(canUse(till.keyFor("ann", MODEL), MODEL)).isTrue();
        assertThat(canUse(till.keyFor("ann", MODEL), CHECKPOINT)).isFalse();
        assertThat(canUse(till.keyFor("ann", CHECKPOINT), CHECKPOINT)).isTrue();
    }
}
