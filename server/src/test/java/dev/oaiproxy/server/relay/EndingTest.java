package dev.oaiproxy.server.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.server.ledger.State;
import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.quota.Grant;
import dev.oaiproxy.server.upstream.Answer;
import dev.oaiproxy.server.upstream.Headers;
import dev.oaiproxy.server.upstream.UpstreamException.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However a call fails, its hold comes to the one end that is right. */
final class EndingTest {
    private final Screen screen = new Screen();

    @Test
    void aCallThatNeverReachedOpenAiCostsNothing(@TempDir Path folder) throws Exception {
        PlayedOpenAi unreachable =
                new PlayedOpenAi(
                        request -> {
                            throw PlayedOpenAi.failure(Kind.NOT_SENT);
                        });
        try (Till till = new Till(folder, unreachable)) {
            till.chat("", screen);

            assertThat(screen.refusal).isEqualTo(new Refusal.Unreachable());
            assertThat(till.onlyCall().state()).isEqualTo(State.RELEASED);
            assertThat(till.balance().spent()).isEqualTo(Usd.ZERO);
        }
    }

    @Test
    void aCallThatMayHaveReachedOpenAiSaysWhyItIsEstimated(@TempDir Path folder) throws Exception {
        PlayedOpenAi dying =
                new PlayedOpenAi(
                        request -> {
                            throw PlayedOpenAi.failure(Kind.UNKNOWN);
                        });
        try (Till till = new Till(folder, dying)) {
            till.chat("", screen);

            assertThat(till.onlyCall().state()).isEqualTo(State.ESTIMATED);
            assertThat(till.onlyCall().reason()).isEqualTo("the connection to OpenAI broke");
        }
    }

    @Test
    void noHoldOutlivesACallInWhichTheProxyItselfFails(@TempDir Path folder) {
        PlayedOpenAi broken =
                new PlayedOpenAi(
                        request -> {
                            throw new OutOfMemoryError("played");
                        });
        try (Till till = new Till(folder, broken)) {
            assertThatThrownBy(() -> till.chat("", screen)).isInstanceOf(OutOfMemoryError.class);

            assertThat(till.onlyCall().state()).isEqualTo(State.ESTIMATED);
            assertThat(till.balance().held()).isEqualTo(Usd.ZERO);
        }
    }

    @Test
    void anErrorOfOpenAisCostsNothingEvenIfItsTextNeverComes(@TempDir Path folder)
            throws Exception {
        PlayedOpenAi stalling =
                new PlayedOpenAi(
                        request ->
                                PlayedOpenAi.answer(
                                        500, PlayedOpenAi.JSON, "{\"err", PlayedOpenAi.BREAK));
        try (Till till = new Till(folder, stalling)) {
            till.chat("", screen);

            assertThat(till.onlyCall().state()).isEqualTo(State.RELEASED);
            assertThat(till.onlyCall().reason()).isEqualTo("OpenAI answered 500");
        }
    }

    @Test
    void aBrokenStreamEndsWithAnEventOfItsOwn(@TempDir Path folder) throws Exception {
        PlayedOpenAi cutting =
                new PlayedOpenAi(
                        request ->
                                PlayedOpenAi.answer(
                                        200,
                                        PlayedOpenAi.EVENTS,
                                        "data: {\"model\":\"gpt-4o-mini\",\"choi",
                                        PlayedOpenAi.BREAK));
        try (Till till = new Till(folder, cutting)) {
            till.chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}", screen);

            assertThat(screen.text().lines().filter(line -> line.startsWith("data: {\"error\"")))
                    .hasSize(1);
            assertThat(screen.text()).endsWith("\n\n");
        }
    }

    @Test
    void aLengthThatOurEditsChangeIsNotPassedOn(@TempDir Path folder) throws Exception {
        String usage =
                "data: {\"model\":\"gpt-4o-mini\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,"
                        + "\"completion_tokens\":1,\"total_tokens\":2}}\n\n";
        PlayedOpenAi gateway =
                new PlayedOpenAi(
                        request ->
                                PlayedOpenAi.answer(
                                        200,
                                        PlayedOpenAi.EVENTS.with(
                                                "Content-Length",
                                                Integer.toString(usage.length() + 14)),
                                        usage,
                                        "data: [DONE]\n\n"));
        try (Till till = new Till(folder, gateway)) {
            till.chat(",\"stream\":true", screen);

            assertThat(screen.text()).isEqualTo("data: [DONE]\n\n");
            assertThat(screen.headers.first("content-length")).isEmpty();
        }
    }

    @Test
    void aKeyThatCannotBeReadIsTheProxysTroubleAndNotTheCallers(@TempDir Path folder)
            throws Exception {
        Till till = new Till(folder, new PlayedOpenAi(request -> dontCall()));
        till.close();

        till.chat("", screen);

        assertThat(screen.refusal)
                .isEqualTo(new Refusal.NotGranted(new Grant.Unavailable("no key can be read")));
    }

    @Test
    void theDatabaseCannotKeepACallerWaitingForever(@TempDir Path folder) throws Exception {
        PlayedOpenAi openAi = new PlayedOpenAi(request -> PlayedOpenAi.answer(500, Headers.NONE));
        try (Till till = new Till(folder, openAi)) {
            till.chat("", screen);

            assertThat(till.patience()).isBetween(0L, 59_999L);
        }
    }

    private static Answer dontCall() {
        throw new AssertionError("OpenAI was called");
    }
}
