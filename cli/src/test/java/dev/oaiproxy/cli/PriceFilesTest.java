package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on price book files, with the server's own parser. */
class PriceFilesTest {
    private static final String SHIPPED = "../config/prices.yaml";
    private static final String OLD =
            """
            version: old
            currency: USD
            models:
              - name: m
                kind: audio_chat
                context_window: 1000
                prices:
                  - rates: {standard: {input: 2, output: 4}}
              - name: whisper-1
                kind: transcription
                prices:
                  - rates: {standard: {seconds: 0.0001}}
              - name: dall-e-2
                kind: image
                prices: []
            """;
    private static final String NEW =
            """
            version: new
            currency: USD
            models:
              - name: m
                kind: audio_chat
                context_window: 1000
                prices:
                  - from: 2026-12-01
                    rates: {standard: {input: 2.5, output: 3}, flex: {input: 1}}
                  - until: 2026-12-01
                    rates: {standard: {input: 2, output: 4}}
              - name: whisper-1
                kind: transcription
                prices:
                  - rates: {standard: {seconds: 0.0001}}
              - name: n
                kind: embedding
                context_window: 10
                prices:
                  - rates: {standard: {input: 1}}
            """;
    private static final String LIST =
            """
            {"sample_spec": {"litellm_provider": "one of many", "mode": "chat"},
             "256-x-256/dall-e-2": {"litellm_provider": "openai", "mode": "image_generation"},
             "claude": {"litellm_provider": "anthropic", "input_cost_per_token": 1e-06},
             "gpt-4o": {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 128000,
                "max_output_tokens": 16384, "input_cost_per_token": 2.5e-06,
                "output_cost_per_token": 8e-06, "cache_read_input_token_cost": 1.25e-06},
             "codex-mini": {"litellm_provider": "openai", "mode": "chat",
                "input_cost_per_token": 1.5e-06, "output_cost_per_token": 6e-06},
             "gpt-9-search-preview": {"litellm_provider": "openai", "mode": "chat",
                "max_input_tokens": 128000, "max_output_tokens": 16384,
                "input_cost_per_token": 1.5e-07, "output_cost_per_token": 6e-07}}
            """;

    @TempDir Path folder;
    private CommandRun run;

    @BeforeEach
    void start() {
        run = new CommandRun(folder).withServer();
    }

    @Test
    void findsTheShippedBookUsable() {
        assertThat(run.run("prices", "check", SHIPPED)).isZero();
        assertThat(run.err())
                .contains("can be used: 166 models, 178 prices")
                .contains("12 image, ")
                .contains("9 tool, ");
        assertThat(run.out())
                .contains("whisper-1\ttranscription\tno limit but the request")
                .contains("dall-e-2\timage\tnot sold: calls are refused\n");
    }

    @Test
    void warnsOfModelsThatAreShutDownWithinSixtyDays() {
        assertThat(run.run("prices", "check", SHIPPED)).isZero();
        assertThat(run.out())
                .contains("gpt-image-1.5\timage\tshuts down on 2026-12-01\n")
                .contains("gpt-5\tchat\tshuts down on 2026-12-11\n")
                .contains("gpt-4o-mini\tchat\tshuts down on 2027-01-14\n")
                .contains("gpt-audio-mini\taudio_chat\tshuts down on 2027-01-20\n")
                .doesNotContain("2027-02-26")
                .doesNotContain("2026-10-23");
        assertThat(run.err())
                .contains("24 models shut down within 60 days; move their users to others");
    }

    @Test
    void fitsThatIntoAScreenOfEightyColumns() {
        assertThat(run.atTerminal().run("prices", "check", SHIPPED)).isZero();
        assertThat(run.out()).contains("shuts down on 2027-01-14");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(81));
    }

    @Test
    void listsWhatABookDoesNotPriceOrBound() throws IOException {
        assertThat(run.run("prices", "check", file("old.yaml", OLD))).isZero();
        assertThat(run.out())
                .isEqualTo(
                        """
                        m\taudio_chat\tno rate for audio_input
                        m\taudio_chat\tno rate for audio_output
                        whisper-1\ttranscription\tno limit but the request
                        dall-e-2\timage\tnot sold: calls are refused
                        """);
    }

    @Test
    void failsWithTheLineOfABookThatTheServerWouldRefuse() throws IOException {
        String bad = file("bad.yaml", OLD.replace("output: 4", "outpt: 4"));
        assertThat(run.run("prices", "check", bad)).isEqualTo(1);
        assertThat(run.err()).contains("bad.yaml:8: m.prices.rates.standard.outpt: no such unit");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void showsWhatDiffersInPerCentWithItsSign() throws IOException {
        assertThat(run.run("prices", "diff", file("old.yaml", OLD), file("new.yaml", NEW)))
                .isZero();
        assertThat(run.out())
                .isEqualTo(
                        """
                        n\t\t\t\t\t\t\tadded
                        dall-e-2\t\t\t\t\t\t\tremoved
                        m\tstandard\t\tinput\t2026-12-01\t2\t2.5\t+25.0%
                        m\tstandard\t\toutput\t2026-12-01\t4\t3\t-25.0%
                        m\tflex\t\tinput\t2026-12-01\t\t1\tnew
                        """);
        assertThat(run.err()).contains("old to new: 3 rates differ, 1 models are new, 1 are gone");
    }

    @Test
    void proposesWhatAnotherListSaysAndMarksWhatWouldUndercharge() throws IOException {
        String list = file("list.json", LIST);
        Path out = folder.resolve("proposal.yaml");
        String[] command = {
            "prices", "import", "--from", "litellm", list, "--against", SHIPPED, "--out", "" + out
        };
        assertThat(run.run(command)).isZero();
        assertThat(Files.readString(out))
                .contains("# standard output: 8 here, 10 in the book; UNDERCHARGES.")
                .contains("  - name: gpt-4o\n")
                .doesNotContain("claude");

        assertThat(Files.readString(out))
                .contains(
                        "nothing bounds its tokens; add context_window.\n  # - name: codex-mini\n")
                .contains("standard lacks web_search.\n  # - name: gpt-9-search-preview\n");
        assertThat(run.run("prices", "check", "" + out)).isZero();
        assertThat(run.err()).contains("1 models, 1 prices (1 chat)");
        assertThat(run.run("prices", "diff", SHIPPED, "" + out)).isZero();
        assertThat(run.out()).contains("gpt-4o\tstandard\t\toutput\t\t\t8\tnew\n");
        assertThat(run.run(command)).isEqualTo(2);
        assertThat(run.err()).contains("already exists");
    }

    @Test
    void refusesAListThatIsNotOneOrOfAnUnknownSource() throws IOException {
        String list = file("list.json", "[]");
        assertThat(run.run("prices", "import", "--from", "litellm", list, "--against", SHIPPED))
                .isEqualTo(1);
        assertThat(run.err()).contains("has no models of OpenAI; is it litellm?");
        assertThat(run.run("prices", "import", "--from", "azure", list)).isEqualTo(2);
        assertThat(run.err()).contains("--from is litellm or genai-prices, not 'azure'");
    }

    @Test
    void saysSoWhereTheServerIsNotInstalled() {
        CommandRun bare = new CommandRun(folder);
        assertThat(bare.run("prices", "check", SHIPPED)).isEqualTo(1);
        assertThat(bare.err()).contains("the server is not part of this installation");
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }
}
