package dev.oaiproxy.proxy.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.operation.ObjectKind;
import dev.oaiproxy.proxy.quota.Grant;
import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.UpstreamException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a call fails, its hold comes to the one end that is right. */
@Isolated
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
            assertThat(till.onlyCall().callState()).isEqualTo(CallState.RELEASED);
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

            assertThat(till.onlyCall().callState()).isEqualTo(CallState.ESTIMATED);
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

            assertThat(till.onlyCall().callState()).isEqualTo(CallState.ESTIMATED);
            assertThat(till.balance().held()).isEqualTo(Usd.ZERO);
        }
    }

    /** The free count of the input comes between the hold and the edit, which this one spoils. */
    @Test
    void aFaultOfTheProxysBeforeOpenAiIsAskedCostsNothing(@TempDir Path folder) {
        byte[] body =
                """
                {"model":"o1-pro","input":"Hi","previous_response_id":"resp_1",\
                "max_output_tokens":1024,"prompt_cache_key":"k"}\
                """
                        .getBytes(UTF_8);
        List<String> asked = new CopyOnWriteArrayList<>();
        PlayedOpenAi counting =
                new PlayedOpenAi(
                        request -> {
                            asked.add(request.pathAndQuery());
                            Arrays.fill(body, (byte) '{');
                            return PlayedOpenAi.answer(
                                    200, PlayedOpenAi.JSON, "{\"input_tokens\":100}");
                        });
        try (Till till = new Till(folder, counting)) {
            Secret ann = till.keyFor("ann");
            till.give(ann, ObjectKind.RESPONSE, "resp_1");
            assertThatThrownBy(() -> till.call(ann, "POST /responses", body))
                    .isInstanceOf(IllegalArgumentException.class);

            assertThat(asked).containsExactly("/responses/input_tokens");
            assertThat(till.onlyCall().callState()).isEqualTo(CallState.RELEASED);
            assertThat(till.onlyCall().reason())
                    .isEqualTo("the proxy failed before OpenAI was asked");
            assertThat(till.balance(ann).held()).isEqualTo(Usd.ZERO);
            assertThat(till.balance(ann).spent()).isEqualTo(Usd.ZERO);
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

            assertThat(till.onlyCall().callState()).isEqualTo(CallState.RELEASED);
            assertThat(till.onlyCall().reason()).isEqualTo("OpenAI answered 500");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 303, 305, 307, 308})
    void aRedirectIsNotPassedOnAndCostsNothing(int status, @TempDir Path folder) throws Exception {
        Headers elsewhere = PlayedOpenAi.JSON.with("Location", "http://127.0.0.1:9/v1");
        PlayedOpenAi redirecting =
                new PlayedOpenAi(request -> PlayedOpenAi.answer(status, elsewhere, "{}"));
        try (Till till = new Till(folder, redirecting)) {
            till.chat("", screen);

            assertThat(screen.refusal).isEqualTo(new Refusal.Redirected());
            assertThat(screen.text()).isEmpty();
            assertThat(till.onlyCall().callState()).isEqualTo(CallState.RELEASED);
            assertThat(till.onlyCall().reason()).isEqualTo("OpenAI answered with a redirect");
            assertThat(till.balance().spent()).isEqualTo(Usd.ZERO);
            assertThat(till.balance().held()).isEqualTo(Usd.ZERO);

            Screen free = till.call(till.keyFor("carol"), "GET /models/gpt-4o", "");
            assertThat(free.refusal).isEqualTo(new Refusal.Redirected());
            Screen list = till.call(till.keyFor("dora"), "GET /models", "");
            assertThat(list.refusal).isEqualTo(new Refusal.Redirected());
        }
    }

    private PlayedOpenAi answering(String model, String usages) {
        return new PlayedOpenAi(
                request ->
                        PlayedOpenAi.answer(
                                200,
                                PlayedOpenAi.JSON,
                                "{\"model\":\"" + model + "\",\"choices\":[]" + usages + "}"));
    }

    private static String usage(long input, long output) {
        return ",\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d}"
                .formatted(input, output);
    }

    @Test
    void aModelThatNobodyKnowsCostsTheHold(@TempDir Path folder) throws Exception {
        try (Till till = new Till(folder, answering("gpt-99", usage(10, 5)))) {
            till.chat(",\"max_completion_tokens\":100", screen);

            assertThat(till.onlyCall().callState()).isEqualTo(CallState.ESTIMATED);
            assertThat(till.onlyCall().reason()).isEqualTo("no price for the model that answered");
            assertThat(till.onlyCall().bill().cost()).isEqualTo(till.onlyCall().held());
            assertThat(till.balance().spent()).isEqualTo(till.onlyCall().held());
        }
    }

    @Test
    void aModelThatNobodyKnowsCostsWhatTheAskedOneDoesIfThatIsMore(@TempDir Path folder)
            throws Exception {
        try (Till till = new Till(folder, answering("gpt-99", usage(1_000, 1_000_000)))) {
            till.chat(",\"max_completion_tokens\":100", screen);

            assertThat(till.onlyCall().callState()).isEqualTo(CallState.ESTIMATED);
            assertThat(till.onlyCall().bill().cost()).isEqualTo(Usd.parse("0.60015"));
            assertThat(till.balance().spent()).isEqualTo(Usd.parse("0.60015"));
        }
    }

    @Test
    void aChargeWithinItsHoldIsNotListedAsAboveIt(@TempDir Path folder) throws Exception {
        try (Till till = new Till(folder, answering("gpt-4o-mini", usage(10, 10)))) {
            till.chat(",\"max_completion_tokens\":100", screen);
            assertThat(till.onlyCall().callState()).isEqualTo(CallState.CHARGED);
            assertThat(till.aboveHold()).isEmpty();
        }
    }

    @Test
    void aChargeAboveItsHoldIsMadeAndIsAnAlarm(@TempDir Path folder) throws Exception {
        List<String> said = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger("dev.oaiproxy.proxy.quota.Hold");
        Handler ear = new Ear(said);
        logger.addHandler(ear);
        try (Till till = new Till(folder, answering("gpt-4o-mini", usage(1_000, 1_000_000)))) {
            till.chat(",\"max_completion_tokens\":100", screen);

            assertThat(till.onlyCall().callState()).isEqualTo(CallState.CHARGED);
            assertThat(till.onlyCall().bill().cost()).isEqualTo(Usd.parse("0.60015"));
            assertThat(said)
                    .containsExactly(
                            "alarm=charge_above_hold call="
                                    + till.onlyCall().id()
                                    + " model=gpt-4o-mini held="
                                    + till.onlyCall().held()
                                    + " cost=0.60015");
            assertThat(till.aboveHold())
                    .extracting(CallRow::id)
                    .containsExactly(till.onlyCall().id());
        } finally {
            logger.removeHandler(ear);
        }
    }

    /** Hears what is logged, with its parameters. */
    private static final class Ear extends Handler {
        private final List<String> said;

        Ear(List<String> said) {
            this.said = said;
        }

        @Override
        public void publish(LogRecord record) {
            said.add(new SimpleFormatter().formatMessage(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Test
    void ofTwoUsagesTheLargerIsCharged(@TempDir Path folder) throws Exception {
        String large = usage(100, 1_000);
        String small = usage(1, 1);
        for (String twice : List.of(large + small, small + large)) {
            Path own = Files.createDirectory(folder.resolve("" + twice.indexOf("1000")));
            try (Till till = new Till(own, answering("gpt-4o-mini", twice))) {
                till.chat("", screen);

                assertThat(till.onlyCall().callState()).isEqualTo(CallState.CHARGED);
                assertThat(till.onlyCall().bill().cost()).isEqualTo(Usd.parse("0.000615"));
            }
        }
    }

    @Test
    void ofTwoUsageChunksTheLargerIsCharged(@TempDir Path folder) throws Exception {
        String small = "data: {\"model\":\"gpt-4o-mini\",\"choices\":[]" + usage(1, 1) + "}\n\n";
        String large = small.replace(usage(1, 1), usage(100, 1_000));
        for (String[] order : new String[][] {{small, large}, {large, small}}) {
            PlayedOpenAi twice =
                    new PlayedOpenAi(
                            request ->
                                    PlayedOpenAi.answer(
                                            200,
                                            PlayedOpenAi.EVENTS,
                                            order[0],
                                            order[1],
                                            "data: [DONE]\n\n"));
            Path own = Files.createDirectory(folder.resolve("" + order[0].length()));
            try (Till till = new Till(own, twice)) {
                till.chat(",\"stream\":true", screen);

                assertThat(till.onlyCall().callState()).isEqualTo(CallState.CHARGED);
                assertThat(till.onlyCall().bill().cost()).isEqualTo(Usd.parse("0.000615"));
            }
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
