package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.upstream.Headers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What OpenAI says to have failed, or breaks off, costs what was seen of it, and not the hold. */
final class FailureTest {
    private static final String STREAM = ",\"stream\":true";
    private static final String CHUNK =
            "data: {\"model\":\"gpt-4o-mini\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
    private static final String ERROR =
            "data: {\"error\":{\"message\":\"Sorry.\",\"type\":\"server_error\"}}\n\n";

    /** The request of the fixture; a token is a byte at least. */
    private static final int INPUT_BYTES =
            "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"
                    .length();

    private final Screen screen = new Screen();

    private Till answered(Path folder, Headers headers, String... parts) throws Exception {
        Till till =
                new Till(
                        folder,
                        new PlayedOpenAi(request -> PlayedOpenAi.answer(200, headers, parts)));
        till.chat(headers.equals(PlayedOpenAi.EVENTS) ? STREAM : "", screen);
        return till;
    }

    /** At 0.15 and 0.60 USD for a million tokens. */
    private static void assertSeen(Till till, String seen) {
        long most = (long) INPUT_BYTES + STREAM.length();
        long output = 600L * seen.getBytes(StandardCharsets.UTF_8).length;
        Usd cost = till.onlyCall().bill().cost();
        assertThat(till.onlyCall().callState()).isEqualTo(CallState.ESTIMATED);
        assertThat(cost.nanos()).isGreaterThan(output).isLessThanOrEqualTo(output + 150 * most);
        assertThat(till.balance().spent()).isEqualTo(cost);
        assertThat(till.balance().held()).isEqualTo(Usd.ZERO);
        assertThat(cost).isLessThan(till.onlyCall().held());
    }

    private static void assertFree(Till till) {
        assertThat(till.onlyCall().callState()).isEqualTo(CallState.RELEASED);
        assertThat(till.balance().spent()).isEqualTo(Usd.ZERO);
        assertThat(till.balance().held()).isEqualTo(Usd.ZERO);
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
        try (Till till = answered(folder, PlayedOpenAi.EVENTS, events)) {
            assertFree(till);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"Sorry.\",\"type\":\"server_error\"}}",
                " {\"error\": {\"code\": 503}}\n",
            })
    void isFreeWhenTheBodyIsAnError(String body, @TempDir Path folder) throws Exception {
        try (Till till = answered(folder, PlayedOpenAi.JSON, body)) {
            assertFree(till);
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
        try (Till till = answered(folder, PlayedOpenAi.EVENTS, events)) {
            assertSeen(till, events);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", CHUNK, CHUNK + CHUNK, CHUNK + "data: {\"cho"})
    void costsWhatWasSeenWhenAStreamIsCut(String events, @TempDir Path folder) throws Exception {
        try (Till till = answered(folder, PlayedOpenAi.EVENTS, events, PlayedOpenAi.BREAK)) {
            assertSeen(till, events);
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
        try (Till till = answered(folder, PlayedOpenAi.JSON, body)) {
            assertSeen(till, body);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"model\":\"gpt-4o-mini\",\"choices\":[{\"mess"})
    void costsWhatWasSeenWhenABodyIsCut(String body, @TempDir Path folder) throws Exception {
        try (Till till = answered(folder, PlayedOpenAi.JSON, body, PlayedOpenAi.BREAK)) {
            assertSeen(till, body);
        }
    }
}
