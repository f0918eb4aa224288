package dev.oaiproxy.proxy.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.UpstreamException.SendState;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every failed call ends its hold in the right way. */
@Isolated
@Tag("database")
final class EndingTest {
    private final BufferingClient bufferingClient = new BufferingClient();

    @Test
    void aCallThatNeverReachedOpenAiCostsNothing(@TempDir Path folder) throws Exception {
        ScriptedOpenAi unreachable =
                new ScriptedOpenAi(
                        request -> {
                            throw ScriptedOpenAi.failure(SendState.NOT_SENT);
                        });
        try (RelayFixture relayFixture = new RelayFixture(folder, unreachable)) {
            relayFixture.chat("", bufferingClient);

            assertThat(bufferingClient.refusal).isEqualTo(new Refusal.Unreachable());
            assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.RELEASED);
            assertThat(relayFixture.balance().spent()).isEqualTo(Usd.ZERO);
        }
    }

    @Test
    void aCallThatMayHaveReachedOpenAiSaysWhyItIsEstimated(@TempDir Path folder) throws Exception {
        ScriptedOpenAi dying =
                new ScriptedOpenAi(
                        request -> {
                            throw ScriptedOpenAi.failure(SendState.UNKNOWN);
                        });
        try (RelayFixture relayFixture = new RelayFixture(folder, dying)) {
            relayFixture.chat("", bufferingClient);

            assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.ESTIMATED);
            assertThat(relayFixture.onlyCall().reason())
                    .isEqualTo("the connection to OpenAI was lost");
        }
    }

    @Test
    void noHoldOutlivesACallInWhichTheProxyItselfFails(@TempDir Path folder) {
        ScriptedOpenAi broken =
                new ScriptedOpenAi(
                        request -> {
                            throw new OutOfMemoryError("played");
                        });
        try (RelayFixture relayFixture = new RelayFixture(folder, broken)) {
            assertThatThrownBy(() -> relayFixture.chat("", bufferingClient))
                    .isInstanceOf(OutOfMemoryError.class);

            assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.ESTIMATED);
            assertThat(relayFixture.balance().held()).isEqualTo(Usd.ZERO);
        }
    }

    /** The free token count comes between the hold and the edit, which this count breaks. */
    @Test
    void aFaultOfTheProxysBeforeOpenAiIsAskedCostsNothing(@TempDir Path folder) {
        byte[] body =
                """
                {"model":"o1-pro","input":"Hi","previous_response_id":"resp_1",\
                "max_output_tokens":1024,"prompt_cache_key":"k"}\
                """
                        .getBytes(UTF_8);
        List<String> asked = new CopyOnWriteArrayList<>();
        ScriptedOpenAi counting =
                new ScriptedOpenAi(
                        request -> {
                            asked.add(request.pathAndQuery());
                            Arrays.fill(body, (byte) '{');
                            return ScriptedOpenAi.answer(
                                    200, ScriptedOpenAi.JSON, "{\"input_tokens\":100}");
                        });
        try (RelayFixture relayFixture = new RelayFixture(folder, counting)) {
            Secret ann = relayFixture.keyFor("ann");
            relayFixture.give(ann, ObjectKind.RESPONSE, "resp_1");
            assertThatThrownBy(() -> relayFixture.call(ann, "POST /responses", body))
                    .isInstanceOf(IllegalArgumentException.class);

            assertThat(asked).containsExactly("/responses/input_tokens");
            assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.RELEASED);
            assertThat(relayFixture.onlyCall().reason())
                    .isEqualTo("the proxy failed before it sent the request");
            assertThat(relayFixture.balance(ann).held()).isEqualTo(Usd.ZERO);
            assertThat(relayFixture.balance(ann).spent()).isEqualTo(Usd.ZERO);
        }
    }

    @Test
    void anErrorOfOpenAisCostsNothingEvenIfItsTextNeverComes(@TempDir Path folder)
            throws Exception {
        ScriptedOpenAi stalling =
                new ScriptedOpenAi(
                        request ->
                                ScriptedOpenAi.answer(
                                        500, ScriptedOpenAi.JSON, "{\"err", ScriptedOpenAi.BREAK));
        try (RelayFixture relayFixture = new RelayFixture(folder, stalling)) {
            relayFixture.chat("", bufferingClient);

            assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.RELEASED);
            assertThat(relayFixture.onlyCall().reason()).isEqualTo("OpenAI returned status 500");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 303, 305, 307, 308})
    void aRedirectIsNotPassedOnAndCostsNothing(int status, @TempDir Path folder) throws Exception {
        Headers elsewhere = ScriptedOpenAi.JSON.with("Location", "http://127.0.0.1:9/v1");
        ScriptedOpenAi redirecting =
                new ScriptedOpenAi(request -> ScriptedOpenAi.answer(status, elsewhere, "{}"));
        try (RelayFixture relayFixture = new RelayFixture(folder, redirecting)) {
            relayFixture.chat("", bufferingClient);

            assertThat(bufferingClient.refusal).isEqualTo(new Refusal.Redirected());
            assertThat(bufferingClient.text()).isEmpty();
            assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.RELEASED);
            assertThat(relayFixture.onlyCall().reason()).isEqualTo("OpenAI returned a redirect");
            assertThat(relayFixture.balance().spent()).isEqualTo(Usd.ZERO);
            assertThat(relayFixture.balance().held()).isEqualTo(Usd.ZERO);

            BufferingClient free =
                    relayFixture.call(relayFixture.keyFor("carol"), "GET /models/gpt-4o", "");
            assertThat(free.refusal).isEqualTo(new Refusal.Redirected());
            BufferingClient list =
                    relayFixture.call(relayFixture.keyFor("dora"), "GET /models", "");
            assertThat(list.refusal).isEqualTo(new Refusal.Redirected());
        }
    }

    private ScriptedOpenAi answering(String model, String usages) {
        return new ScriptedOpenAi(
                request ->
                        ScriptedOpenAi.answer(
                                200,
                                ScriptedOpenAi.JSON,
                                "{\"model\":\"" + model + "\",\"choices\":[]" + usages + "}"));
    }

    private static String usage(long input, long output) {
        return ",\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d}"
                .formatted(input, output);
    }

    @Test
    void aModelThatNobodyKnowsCostsTheHold(@TempDir Path folder) throws Exception {
        try (RelayFixture relayFixture =
                new RelayFixture(folder, answering("gpt-99", usage(10, 5)))) {
            relayFixture.chat(",\"max_completion_tokens\":100", bufferingClient);

            assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.ESTIMATED);
            assertThat(relayFixture.onlyCall().reason())
                    .isEqualTo("no price for the model that OpenAI used");
            assertThat(relayFixture.onlyCall().bill().cost())
                    .isEqualTo(relayFixture.onlyCall().held());
            assertThat(relayFixture.balance().spent()).isEqualTo(relayFixture.onlyCall().held());
        }
    }

    @Test
    void aModelThatNobodyKnowsCostsWhatTheAskedOneDoesIfThatIsMore(@TempDir Path folder)
            throws Exception {
        try (RelayFixture relayFixture =
                new RelayFixture(folder, answering("gpt-99", usage(1_000, 1_000_000)))) {
            relayFixture.chat(",\"max_completion_tokens\":100", bufferingClient);

            assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.ESTIMATED);
            assertThat(relayFixture.onlyCall().bill().cost()).isEqualTo(Usd.parse("0.60015"));
            assertThat(relayFixture.balance().spent()).isEqualTo(Usd.parse("0.60015"));
        }
    }

    @Test
    void aChargeWithinItsHoldIsNotListedAsAboveIt(@TempDir Path folder) throws Exception {
        try (RelayFixture relayFixture =
                new RelayFixture(folder, answering("gpt-4o-mini", usage(10, 10)))) {
            relayFixture.chat(",\"max_completion_tokens\":100", bufferingClient);
            assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.CHARGED);
            assertThat(relayFixture.aboveHold()).isEmpty();
        }
    }

    @Test
    void aChargeAboveItsHoldIsMadeAndIsAnAlarm(@TempDir Path folder) throws Exception {
        List<String> said = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger("dev.oaiproxy.proxy.quota.Hold");
        Handler ear = new Ear(said);
        logger.addHandler(ear);
        try (RelayFixture relayFixture =
                new RelayFixture(folder, answering("gpt-4o-mini", usage(1_000, 1_000_000)))) {
            relayFixture.chat(",\"max_completion_tokens\":100", bufferingClient);

            assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.CHARGED);
            assertThat(relayFixture.onlyCall().bill().cost()).isEqualTo(Usd.parse("0.60015"));
            assertThat(said)
                    .containsExactly(
                            "alarm=charge_above_hold call="
                                    + relayFixture.onlyCall().id()
                                    + " model=gpt-4o-mini held="
                                    + relayFixture.onlyCall().held()
                                    + " cost=0.60015");
            assertThat(relayFixture.aboveHold())
                    .extracting(CallRow::id)
                    .containsExactly(relayFixture.onlyCall().id());
        } finally {
            logger.removeHandler(ear);
        }
    }

    /** Captures log records with their parameters. */
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
            try (RelayFixture relayFixture =
                    new RelayFixture(own, answering("gpt-4o-mini", twice))) {
                relayFixture.chat("", bufferingClient);

                assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.CHARGED);
                assertThat(relayFixture.onlyCall().bill().cost()).isEqualTo(Usd.parse("0.000615"));
            }
        }
    }

    @Test
    void ofTwoUsageChunksTheLargerIsCharged(@TempDir Path folder) throws Exception {
        String small = "data: {\"model\":\"gpt-4o-mini\",\"choices\":[]" + usage(1, 1) + "}\n\n";
        String large = small.replace(usage(1, 1), usage(100, 1_000));
        for (String[] order : new String[][] {{small, large}, {large, small}}) {
            ScriptedOpenAi twice =
                    new ScriptedOpenAi(
                            request ->
                                    ScriptedOpenAi.answer(
                                            200,
                                            ScriptedOpenAi.EVENTS,
                                            order[0],
                                            order[1],
                                            "data: [DONE]\n\n"));
            Path own = Files.createDirectory(folder.resolve("" + order[0].length()));
            try (RelayFixture relayFixture = new RelayFixture(own, twice)) {
                relayFixture.chat(",\"stream\":true", bufferingClient);

                assertThat(relayFixture.onlyCall().state()).isEqualTo(CallState.CHARGED);
                assertThat(relayFixture.onlyCall().bill().cost()).isEqualTo(Usd.parse("0.000615"));
            }
        }
    }

    @Test
    void aBrokenStreamEndsWithAnEventOfItsOwn(@TempDir Path folder) throws Exception {
        ScriptedOpenAi cutting =
                new ScriptedOpenAi(
                        request ->
                                ScriptedOpenAi.answer(
                                        200,
                                        ScriptedOpenAi.EVENTS,
                                        "data: {\"model\":\"gpt-4o-mini\",\"choi",
                                        ScriptedOpenAi.BREAK));
        try (RelayFixture relayFixture = new RelayFixture(folder, cutting)) {
            relayFixture.chat(
                    ",\"stream\":true,\"stream_options\":{\"include_usage\":true}",
                    bufferingClient);

            assertThat(
                            bufferingClient
                                    .text()
                                    .lines()
                                    .filter(line -> line.startsWith("data: {\"error\"")))
                    .hasSize(1);
            assertThat(bufferingClient.text()).endsWith("\n\n");
        }
    }

    @Test
    void aLengthThatOurEditsChangeIsNotPassedOn(@TempDir Path folder) throws Exception {
        String usage =
                "data: {\"model\":\"gpt-4o-mini\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,"
                        + "\"completion_tokens\":1,\"total_tokens\":2}}\n\n";
        ScriptedOpenAi gateway =
                new ScriptedOpenAi(
                        request ->
                                ScriptedOpenAi.answer(
                                        200,
                                        ScriptedOpenAi.EVENTS.with(
                                                "Content-Length",
                                                Integer.toString(usage.length() + 14)),
                                        usage,
                                        "data: [DONE]\n\n"));
        try (RelayFixture relayFixture = new RelayFixture(folder, gateway)) {
            relayFixture.chat(",\"stream\":true", bufferingClient);

            assertThat(bufferingClient.text()).isEqualTo("data: [DONE]\n\n");
            assertThat(bufferingClient.headers.first("content-length")).isEmpty();
        }
    }

    @Test
    void aKeyThatCannotBeReadIsTheProxysTroubleAndNotTheCallers(@TempDir Path folder)
            throws Exception {
        RelayFixture relayFixture =
                new RelayFixture(folder, new ScriptedOpenAi(request -> dontCall()));
        relayFixture.close();

        relayFixture.chat("", bufferingClient);

        assertThat(bufferingClient.refusal)
                .isEqualTo(new Refusal.LedgerUnavailable("the keys cannot be read"));
    }

    @Test
    void theDatabaseCannotKeepACallerWaitingForever(@TempDir Path folder) throws Exception {
        ScriptedOpenAi openAi =
                new ScriptedOpenAi(request -> ScriptedOpenAi.answer(500, Headers.NONE));
        try (RelayFixture relayFixture = new RelayFixture(folder, openAi)) {
            relayFixture.chat("", bufferingClient);

            assertThat(relayFixture.patience()).isBetween(0L, 59_999L);
        }
    }

    private static UpstreamResponse dontCall() {
        throw new AssertionError("OpenAI was called");
    }
}
