package dev.oaiproxy.proxy.deferred;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.ledger.ledger.AuditFinding;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A response of 1,000 tokens in and 100 out costs 0.0035 USD by gpt-4o. */
final class DeferredSettlerTest {
    private static final String DONE =
            """
            {"id":"resp_1","status":"completed","model":"gpt-4o","service_tier":"default",\
            "output":[],"usage":{"input_tokens":1000,"output_tokens":100,"total_tokens":1100}}\
            """;

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir Path folder;
    private DeferredFixture deferredFixture;
    private DeferredSettler deferredSettler;

    @BeforeEach
    void open() {
        deferredFixture = new DeferredFixture(folder);
        deferredSettler = deferredFixture.settler();
    }

    @AfterEach
    void close() {
        deferredSettler.close();
        deferredFixture.close();
    }

    private void settleLater() throws InterruptedException {
        deferredFixture.pass(MINUTE);
        deferredSettler.settleDue();
    }

    private void assertEnded(CallId call, CallState state, String usd) {
        assertThat(deferredFixture.row(call).state()).isEqualTo(state);
        assertThat(deferredFixture.row(call).bill().cost()).isEqualTo(Usd.parse(usd));
        assertThat(deferredFixture.store().deferred().due(10)).isEmpty();
        assertThat(deferredFixture.store().audit().run().findings()).isEmpty();
    }

    @Test
    void asksUntilItHasEndedAndThenNeverAgain() throws Exception {
        CallId call = deferredFixture.deferred("resp_1");
        deferredSettler.settleDue();
        assertThat(deferredFixture.asked()).as("within the first second").isZero();
        settleLater();
        assertThat(deferredFixture.row(call).state()).isEqualTo(CallState.HELD);
        deferredFixture.text = DONE;
        settleLater();
        assertEnded(call, CallState.CHARGED, "0.0035");
        settleLater();
        assertThat(deferredFixture.asked()).isEqualTo(2);
    }

    private static final SettlementTerms COUNTED =
            new SettlementTerms(null, DeferredFixture.TERMS.response(), 1_000L, null, List.of());

    @Test
    void isFreeWhenItFailedBeforeItGeneratedAnything() throws Exception {
        CallId call = deferredFixture.deferred("resp_1", COUNTED);
        deferredFixture.text =
                """
                {"id":"resp_1","status":"failed","error":{"code":"server_error"},"output":[],\
                "usage":null}\
                """;
        settleLater();
        assertEnded(call, CallState.RELEASED, "0");
    }

    /** 1,000 tokens of input, the bytes as output, and a search; never more than the hold. */
    @Test
    void costsWhatIsSeenOfItWhenItStatesNoUsage() throws Exception {
        for (String status : List.of("cancelled", "failed", "incomplete")) {
            CallId call = deferredFixture.deferred("resp_" + status, COUNTED);
            deferredFixture.text =
                    """
                    {"id":"resp_1","status":"%s","output":[{"type":"web_search_call",\
                    "action":{"type":"search"}}],"usage":null}\
                    """
                            .formatted(status);
            settleLater();
            Usd seen =
                    Usd.ofNanos(2_500_000 + 10_000L * deferredFixture.text.length() + 10_000_000);
            assertEnded(call, CallState.ESTIMATED, seen.toString());
        }
        deferredFixture.text = deferredFixture.text.concat(" ".repeat(200_000));
        CallId large = deferredFixture.deferred("resp_large", COUNTED);
        settleLater();
        assertEnded(large, CallState.ESTIMATED, "1");
    }

    @Test
    void asksLessAndLessOften() throws Exception {
        deferredFixture.deferred("resp_1");
        for (int second = 0; second < 600; second++) {
            deferredFixture.pass(Duration.ofSeconds(1));
            deferredSettler.settleDue();
        }
        assertThat(deferredFixture.asked()).isBetween(14, 16);
    }

    @Test
    void chargesOnceThoughTwoSettleAtOnce() throws Exception {
        deferredFixture.text = DONE;
        List<CallId> calls =
                IntStream.range(0, 8).mapToObj(i -> deferredFixture.deferred("resp_" + i)).toList();
        deferredFixture.pass(MINUTE);
        try (DeferredSettler other = deferredFixture.settler();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            threads.invokeAll(List.of(settling(deferredSettler), settling(other)));
        }
        settleLater();
        calls.forEach(call -> assertEnded(call, CallState.CHARGED, "0.0035"));
        assertThat(deferredFixture.asked()).isEqualTo(8);
    }

    private static Callable<Boolean> settling(DeferredSettler one) {
        return () -> {
            one.settleDue();
            return true;
        };
    }

    @Test
    void goesOnAfterARestart() throws Exception {
        CallId call = deferredFixture.deferred("resp_1");
        CallId lost = deferredFixture.held();
        deferredFixture.restart();
        assertThat(deferredFixture.row(lost).state()).isEqualTo(CallState.ESTIMATED);
        assertThat(deferredFixture.row(call).state()).isEqualTo(CallState.HELD);
        deferredFixture.text = DONE;
        deferredFixture.pass(MINUTE);
        try (DeferredSettler next = deferredFixture.settler()) {
            next.settleDue();
        }
        assertEnded(call, CallState.CHARGED, "0.0035");
    }

    @Test
    void asksAgainWhenOpenAiCannotBeReachedOrHasTrouble() throws Exception {
        CallId call = deferredFixture.deferred("resp_1");
        for (int status : new int[] {0, 500, 401, 429, 503}) {
            deferredFixture.status = status;
            settleLater();
        }
        deferredFixture.status = 200;
        for (String text : List.of("", "gateway", "{}", "{\"id\":\"resp_1\",\"usa")) {
            deferredFixture.text = text;
            settleLater();
        }
        assertThat(deferredFixture.row(call).state()).isEqualTo(CallState.HELD);
        deferredFixture.text = DONE;
        settleLater();
        assertEnded(call, CallState.CHARGED, "0.0035");
    }

    @Test
    void takesNotFoundForTrueOnlyAfterAWhile() throws Exception {
        CallId call = deferredFixture.deferred("resp_1");
        deferredFixture.status = 404;
        settleLater();
        settleLater();
        settleLater();
        assertThat(deferredFixture.row(call).state()).isEqualTo(CallState.HELD);
        settleLater();
        assertEnded(call, CallState.ESTIMATED, "1");
    }

    /** 1,000 tokens of input, and 200 bytes as output. */
    @Test
    void costsWhatHadComeOfItWhenOpenAiBrokeItOffAndDoesNotKeepIt() throws Exception {
        assertEnded(forgotten(List.of()), CallState.ESTIMATED, "0.0045");
    }

    /** The same, with two searches in files at 2.50 USD for 1,000. */
    @Test
    void costsTheToolsThatWereSeenWhenOpenAiBrokeItOff() throws Exception {
        Usage searches = new Usage("tool:file_search", null, Map.of(Unit.FILE_SEARCH, 2L));
        assertEnded(forgotten(List.of(searches)), CallState.ESTIMATED, "0.0095");
    }

    /** One of which 200 bytes had come when it was broken off, and which OpenAI does not know. */
    private CallId forgotten(List<Usage> beside) throws Exception {
        SettlementTerms broken =
                new SettlementTerms(null, DeferredFixture.TERMS.response(), 1_000L, 200L, beside);
        assertThat(SettlementTerms.parse(broken.text())).isEqualTo(broken);
        CallId call = deferredFixture.deferred("resp_1", broken);
        deferredFixture.status = 404;
        for (int i = 0; i < 4; i++) {
            settleLater();
        }
        return call;
    }

    @Test
    void takesNotFoundForTrueOnlyWhenItStaysSo() throws Exception {
        CallId call = deferredFixture.deferred("resp_1");
        for (int i = 0; i < 3; i++) {
            settleLater();
        }
        for (int i = 0; i < 3; i++) {
            deferredFixture.status = 404;
            settleLater();
            settleLater();
            settleLater();
            deferredFixture.status = 200;
            settleLater();
        }
        assertThat(deferredFixture.row(call).state()).isEqualTo(CallState.HELD);
        deferredFixture.text = DONE;
        settleLater();
        assertEnded(call, CallState.CHARGED, "0.0035");
    }

    @Test
    void chargesTheHoldWhenOpenAiNeverTells() throws Exception {
        CallId call = deferredFixture.deferred("resp_1");
        deferredFixture.status = 403;
        settleLater();
        deferredFixture.pass(Duration.ofDays(7).minus(MINUTE.multipliedBy(2)));
        deferredSettler.settleDue();
        assertThat(deferredFixture.row(call).state()).isEqualTo(CallState.HELD);
        settleLater();
        settleLater();
        assertEnded(call, CallState.ESTIMATED, "1");
        assertThat(deferredFixture.row(call).reason()).contains("seven days").contains("403");
    }

    @Test
    void goesOnAfterAMistakeOfItsOwn() throws Exception {
        CallId call = deferredFixture.deferred("resp_1");
        deferredFixture.status = -1;
        for (int i = 0; i < 20; i++) {
            settleLater();
        }
        deferredFixture.status = 200;
        deferredFixture.text = DONE;
        settleLater();
        assertEnded(call, CallState.CHARGED, "0.0035");
    }

    @Test
    void keepsTheEditionOfThePricesThatItWasChargedBy() throws Exception {
        CallId call = deferredFixture.deferred("resp_1");
        assertThat(deferredFixture.row(call).bill().priceVersion())
                .isEqualTo(DeferredFixture.ADMITTED_BY);
        deferredFixture.text = DONE;
        settleLater();
        assertThat(deferredFixture.row(call).bill().priceVersion())
                .isEqualTo(deferredFixture.pricesInForce());
        CallId silent = deferredFixture.deferred("resp_2");
        deferredFixture.text = "{\"id\":\"resp_2\",\"status\":\"cancelled\",\"usage\":null}";
        settleLater();
        assertThat(deferredFixture.row(silent).bill().priceVersion())
                .isEqualTo(DeferredFixture.ADMITTED_BY);
    }

    private static String ranIn(String container, String tools) {
        return DONE.replace(
                "\"output\":[]",
                "\"output\":[{\"type\":\"code_interpreter_call\",\"id\":\"ci_1\","
                        + "\"container_id\":\"%s\"}],\"tools\":[%s]".formatted(container, tools));
    }

    @Test
    void aContainerThatItOpenedIsItsUsersAndPaidForASession() throws Exception {
        CallId call = deferredFixture.deferred("resp_1");
        deferredFixture.text = ranIn("cntr_1", "{\"container\":{\"type\":\"auto\"}}");
        settleLater();
        assertEnded(call, CallState.CHARGED, "0.0335");
        assertThat(deferredFixture.paidFor("cntr_1")).isEqualTo(Duration.ofMinutes(20));
        assertThat(deferredFixture.store().objects().ownerOf("cntr_1")).isPresent();
    }

    @Test
    void aContainerThatItUsedAgainIsPaidForASessionMore() throws Exception {
        deferredFixture.learns(
                deferredFixture.held(), new ObjectReference("id", ObjectKind.CONTAINER, "cntr_1"));
        deferredFixture.pass(MINUTE);
        CallId call = deferredFixture.deferred("resp_1");
        deferredFixture.text = ranIn("cntr_1", "{\"container\":{\"type\":\"auto\"}}");
        settleLater();
        assertThat(deferredFixture.row(call).bill().cost()).isEqualTo(Usd.parse("0.0335"));
        assertThat(deferredFixture.paidFor("cntr_1")).isEqualTo(Duration.ofMinutes(38));
    }

    @Test
    void aContainerThatItsRequestNamedIsNotPaidByIt() throws Exception {
        deferredFixture.learns(
                deferredFixture.held(), new ObjectReference("id", ObjectKind.CONTAINER, "cntr_1"));
        deferredFixture.pass(MINUTE);
        CallId call = deferredFixture.deferred("resp_1");
        deferredFixture.text = ranIn("cntr_1", "{\"container\":\"cntr_1\"}");
        settleLater();
        assertThat(deferredFixture.row(call).bill().cost()).isEqualTo(Usd.parse("0.0035"));
        assertThat(deferredFixture.paidFor("cntr_1")).isEqualTo(Duration.ofMinutes(18));
    }

    @Test
    void chargesTheHoldForWhatStatesNoUsageOrNonsense() throws Exception {
        CallId silent = deferredFixture.deferred("resp_1");
        deferredFixture.text = "{\"id\":\"resp_1\",\"status\":\"cancelled\",\"usage\":null}";
        settleLater();
        assertEnded(silent, CallState.ESTIMATED, "1");
        CallId odd = deferredFixture.deferred("resp_2");
        deferredFixture.text = DONE.replace(":100,", ":-1,");
        settleLater();
        assertEnded(odd, CallState.ESTIMATED, "1");
    }

    @Test
    void leavesACallAloneThatHasEndedOtherwise() throws Exception {
        CallId call = deferredFixture.deferred("resp_1");
        CallOutcome.Bill nothing = CallOutcome.Bill.flat(Usd.ZERO, "");
        deferredFixture
                .store()
                .ledger()
                .end(
                        new CallOutcome(
                                call,
                                CallState.RELEASED,
                                "by hand",
                                0,
                                Instant.parse("2026-11-23T12:00:00Z"),
                                nothing));
        deferredFixture.text = DONE;
        settleLater();
        assertEnded(call, CallState.RELEASED, "0");
        assertThat(deferredFixture.asked()).isZero();
    }

    @Test
    void takesNoCallOverThatItCouldNotAskFor() {
        DeferredCalls deferredCalls = new DeferredCalls(deferredFixture.store().deferred());
        CallId call = deferredFixture.held();
        assertThat(add(deferredCalls, call, "../files/x")).isFalse();
        assertThat(add(deferredCalls, call, "x".repeat(129))).isFalse();
        assertThat(add(deferredCalls, call, "resp_1")).isTrue();
        assertThat(add(deferredCalls, call, "resp_2")).as("a second time").isFalse();
        assertThat(add(deferredCalls, deferredFixture.held(), "resp_1"))
                .as("another call's")
                .isFalse();
    }

    private static boolean add(DeferredCalls deferredCalls, CallId call, String id) {
        return deferredCalls.add(call, PendingSettlements.Kind.RESPONSE, id, DeferredFixture.TERMS);
    }

    @Test
    void theAuditFindsARowThatBelongsToNoHeldCall() throws Exception {
        deferredFixture.deferred("resp_1");
        try (var connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + folder.resolve("test.db") + "?busy_timeout=5000");
                var statement = connection.createStatement()) {
            statement.execute("UPDATE deferred SET call_id = call_id + 1");
        }
        assertThat(deferredFixture.store().audit().run().findings())
                .extracting(AuditFinding::rule)
                .contains("a call that waits for its cost is held");
    }

    @Test
    void readsTheTermsThatItWroteAndNothingElse() {
        SettlementTerms terms =
                new SettlementTerms(
                        "/v1/responses",
                        new ResponseTerms(
                                true, true, "an image=model", "tool:web_search", "tool:c"));
        assertThat(SettlementTerms.parse(terms.text())).isEqualTo(terms);
        assertThat(SettlementTerms.parse(DeferredFixture.TERMS.text()))
                .isEqualTo(DeferredFixture.TERMS);
        for (String text : List.of("", "search=a", terms.text() + " x=1", " " + terms.text())) {
            assertThatThrownBy(() -> SettlementTerms.parse(text))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
