package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.upstream.Headers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A response that OpenAI fails or breaks off is charged for the received part, not at its hold. */
@Tag("database")
final class FailureTest {
    private static final String STREAM = ",\"stream\":true";
    private static final String CHUNK =
            "data: {\"model\":\"gpt-4o-mini\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
    private static final String ERROR =
            "data: {\"error\":{\"message\":\"Sorry.\",\"type\":\"server_error\"}}\n\n";

    /** The size of the fixture's request; a token has at least one byte. */
    private static final int INPUT_BYTES =
            "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"
                    .length();

    private final BufferingClient bufferingClient = new BufferingClient();

    private RelayFixture answered(Path folder, Headers headers, String... parts) throws Exception {
        RelayFixture relayFixture =
                new RelayFixture(
                        folder,
                        new ScriptedOpenAi(request -> ScriptedOpenAi.answer(200, headers, parts)));
        relayFixture.chat(headers.equals(ScriptedOpenAi.EVENTS) ? STREAM : "", bufferingClient);
        return relayFixture;
    }

    /** At 0.15 and 0.60 USD for a million tokens. */
    private static void assertSeen(RelayFixture relayFixture, String seen) {
        long most = (long) INPUT_BYTES + STREAM.length();
        long output = 600L * seen.getBytes(StandardCharsets.UTF_8).length;
        Usd cost = relayFixture.onlyCall().bill().cost();
        assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.ESTIMATED);
        assertThat(cost.nanos()).isGreaterThan(output).isLessThanOrEqualTo(output + 150 * most);
        assertThat(relayFixture.balance().spent()).isEqualTo(cost);
        assertThat(relayFixture.balance().held()).isEqualTo(Usd.ZERO);
        assertThat(cost).isLessThan(relayFixture.onlyCall().held());
    }

    private static void assertFree(RelayFixture relayFixture) {
        assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.RELEASED);
        assertThat(relayFixture.balance().spent()).isEqualTo(Usd.ZERO);
        assertThat(relayFixture.balance().held()).isEqualTo(Usd.ZERO);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ERROR,
                ": wait\n\n" + ERROR,
                "event: error\n" + ERROR,
                ERROR + "data: [DONE]\n\n",
            })
    void isFreeWhenAStreamFailsAtOnce(String events, @TempDir Path folder) throws Exception {
        try (RelayFixture relayFixture = answered(folder, ScriptedOpenAi.EVENTS, events)) {
            assertFree(relayFixture);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"Sorry.\",\"type\":\"server_error\"}}",
                " {\"error\": {\"code\": 503}}\n",
            })
    void isFreeWhenTheBodyIsAnError(String body, @TempDir Path folder) throws Exception {
        try (RelayFixture relayFixture = answered(folder, ScriptedOpenAi.JSON, body)) {
            assertFree(relayFixture);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                CHUNK + CHUNK + ERROR,
                CHUNK + ERROR + "data: [DONE]\n\n",
                CHUNK + CHUNK,
                "data: unread\n\n" + ERROR,
            })
    void costsWhatWasSeenWhenAStreamFailsLater(String events, @TempDir Path folder)
            throws Exception {
        try (RelayFixture relayFixture = answered(folder, ScriptedOpenAi.EVENTS, events)) {
            assertSeen(relayFixture, events);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", CHUNK, CHUNK + CHUNK, CHUNK + "data: {\"cho"})
    void costsWhatWasSeenWhenAStreamIsCut(String events, @TempDir Path folder) throws Exception {
        try (RelayFixture relayFixture =
                answered(folder, ScriptedOpenAi.EVENTS, events, ScriptedOpenAi.BREAK)) {
            assertSeen(relayFixture, events);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[{\"message\":{\"content\":\"a\"}}],\"error\":{\"code\":503}}",
                "{\"error\":{\"code\":503},\"choices\":[{\"message\":{\"content\":\"a\"}}]}",
            })
    void costsWhatWasSeenWhenAnErrorComesWithAnAnswer(String body, @TempDir Path folder)
            throws Exception {
        try (RelayFixture relayFixture = answered(folder, ScriptedOpenAi.JSON, body)) {
            assertSeen(relayFixture, body);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"model\":\"gpt-4o-mini\",\"choices\":[{\"mess"})
    void costsWhatWasSeenWhenABodyIsCut(String body, @TempDir Path folder) throws Exception {
        try (RelayFixture relayFixture =
                answered(folder, ScriptedOpenAi.JSON, body, ScriptedOpenAi.BREAK)) {
            assertSeen(relayFixture, body);
        }
    }
}
