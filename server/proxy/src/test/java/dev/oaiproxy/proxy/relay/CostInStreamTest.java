package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.proxy.upstream.Headers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cost in the usage of streamed and incomplete responses. */
@Tag("database")
final class CostInStreamTest {
    private static final String STREAM =
            ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";
    private static final Headers ASKED = Headers.of("x-oaiproxy-cost", "usage");

    private static final String CHUNK =
            "data: {\"id\":\"c\",\"model\":\"gpt-4o-mini\",\"choices\":[{\"delta\":{}}],"
                    + "\"usage\":null}\n\n";
    private static final String USAGE =
            "data: {\"model\":\"gpt-4o-mini\",\"choices\":[],\"usage\":{\"prompt_tokens\":10,"
                    + "\"completion_tokens\":20,\"total_tokens\":30}}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    /** 10 tokens at 0.15 and 20 at 0.60 USD for a million. */
    private static final String TOLD = USAGE.replace("30}", "30,\"cost_usd\":\"0.0000135\"}");

    private final BufferingClient bufferingClient = new BufferingClient();

    private void play(Path folder, List<String> parts) throws Exception {
        String[] all = parts.toArray(String[]::new);
        ScriptedOpenAi openAi =
                new ScriptedOpenAi(_ -> ScriptedOpenAi.answer(200, ScriptedOpenAi.EVENTS, all));
        try (RelayFixture relayFixture = new RelayFixture(folder, openAi)) {
            relayFixture.chat(STREAM, ASKED, bufferingClient);
            assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.CHARGED);
            assertThat(relayFixture.onlyCall().bill().cost()).hasToString("0.0000135");
        }
    }

    private static List<String> split(String text, int size) {
        List<String> parts = new ArrayList<>();
        for (int at = 0; at < text.length(); at += size) {
            parts.add(text.substring(at, Math.min(text.length(), at + size)));
        }
        return parts;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 50, 1_000})
    void isPutInHoweverTheStreamIsCut(int size, @TempDir Path folder) throws Exception {
        play(folder, split(CHUNK + USAGE + DONE, size));
        assertThat(bufferingClient.text()).isEqualTo(CHUNK + TOLD + DONE);
        assertThat(bufferingClient.whole).isTrue();
    }

    @Test
    void isPutInWhereTheStreamEndsWithoutItsLastEvent(@TempDir Path folder) throws Exception {
        play(folder, List.of(CHUNK, USAGE));
        assertThat(bufferingClient.text()).isEqualTo(CHUNK + TOLD);
    }

    @Test
    void isPutInWhereTheStreamBreaksAfterItsUsage(@TempDir Path folder) throws Exception {
        play(folder, List.of(CHUNK, USAGE, ScriptedOpenAi.BREAK));
        assertThat(bufferingClient.text()).startsWith(CHUNK + TOLD).contains("upstream_broken");
    }

    @Test
    void ofUsagesThatGrowTheLastOneHasIt(@TempDir Path folder) throws Exception {
        String first = USAGE.replace("20", "5").replace("30", "15");
        play(folder, List.of(CHUNK, first, USAGE, DONE));
        assertThat(bufferingClient.text()).isEqualTo(CHUNK + first + TOLD + DONE);
    }

    @Test
    void isLeftOutWhereTooMuchFollowsTheUsage(@TempDir Path folder) throws Exception {
        String note = ": " + "x".repeat(6_000) + "\n\n";
        List<String> parts = new ArrayList<>(List.of(CHUNK, USAGE));
        for (int i = 0; i < 20; i++) {
            parts.add(note);
        }
        parts.add(DONE);
        play(folder, parts);
        assertThat(bufferingClient.text()).isEqualTo(String.join("", parts));
    }
}
