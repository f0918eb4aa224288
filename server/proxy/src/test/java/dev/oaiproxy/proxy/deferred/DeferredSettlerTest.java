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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gpt-4o response with 1,000 tokens of input and 100 of output costs 0.0035 USD. */
@Tag("database")
final class DeferredSettlerTest {
    private static final String DONE =
            """
            {"id":"resp_1","status":"completed","model":"gpt-4o","service_tier":"default",\
            "output":[],"usage":{"input_tokens":1000,"output_tokens":100,"total_tokens":1100}}\
            """;

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir Path folder;
    private DeferredFixture fixture;
    private DeferredSettler settler;

    @BeforeEach
    void open() {
        fixture = new DeferredFixture(folder);
        settler = fixture.settler();
    }

    @AfterEach
    void close() {
        settler.close();
        fixture.close();
    }

    private void settleAs(String answer) throws InterruptedException {
        fixture.text = answer;
        settleLater();
    }

    private void settleLater() throws InterruptedException {
        fixture.pass(MINUTE);
        settler.settleDue();
    }

    /** Asserts the end of a call, without pending settlements. */
    private void assertEnded(CallId call, CallState state, String usd) {
        assertThat(fixture.row(call).state()).isEqualTo(state);
        assertThat(fixture.row(call).bill().cost()).isEqualTo(Usd.parse(usd));
        assertThat(fixture.store().deferred().due(10)).isEmpty();
        assertThat(fixture.store().audit().run().findings()).isEmpty();
    }

    @Test
    void asksUntilItHasEndedAndThenNeverAgain() throws Exception {
        CallId call = fixture.deferred("resp_1");
        settler.settleDue();
        assertThat(fixture.asked()).as("within the first second").isZero();
        settleLater();
        assertThat(fixture.row(call).state()).isEqualTo(CallState.HELD);
        settleAs(DONE);
        assertEnded(call, CallState.CHARGED, "0.0035");
        settleLater();
        assertThat(fixture.asked()).isEqualTo(2);
    }

    private static final SettlementTerms COUNTED =
            new SettlementTerms(null, DeferredFixture.TERMS.response(), 1_000L, null, List.of());

    @Test
    void isFreeWhenItFailedBeforeItGeneratedAnything() throws Exception {
        CallId call = fixture.deferred("resp_1", COUNTED);
        fixture.text =
                """
                {"id":"resp_1","status":"failed","error":{"code":"server_error"},"output":[],\
                "usage":null}\
                """;
        settleLater();
        assertEnded(call, CallState.RELEASED, "0");
    }

    /**
     * 1,000 tokens of input, the received bytes as output, and a search; never more than the hold.
     */
    @Test
    void costsWhatIsSeenOfItWhenItStatesNoUsage() throws Exception {
        for (String status : List.of("cancelled", "failed", "incomplete")) {
            CallId call = fixture.deferred("resp_" + status, COUNTED);
            fixture.text =
                    """
                    {"id":"resp_1","status":"%s","output":[{"type":"web_search_call",\
                    "action":{"type":"search"}}],"usage":null}\
                    """
                            .formatted(status);
            settleLater();
            Usd seen = Usd.ofNanos(2_500_000 + 10_000L * fixture.text.length() + 10_000_000);
            assertEnded(call, CallState.ESTIMATED, seen.toString());
        }
        fixture.text = fixture.text.concat(" ".repeat(200_000));
        CallId large = fixture.deferred("resp_large", COUNTED);
        settleLater();
        assertEnded(large, CallState.ESTIMATED, "1");
    }

    @Test
    void asksLessAndLessOften() throws Exception {
        fixture.deferred("resp_1");
        for (int second = 0; second < 600; second++) {
            fixture.pass(Duration.ofSeconds(1));
            settler.settleDue();
        }
        assertThat(fixture.asked()).isBetween(14, 16);
    }

    @Test
    void chargesOnceThoughTwoSettleAtOnce() throws Exception {
        fixture.text = DONE;
        List<CallId> calls =
                IntStream.range(0, 8).mapToObj(i -> fixture.deferred("resp_" + i)).toList();
        fixture.pass(MINUTE);
        try (DeferredSettler other = fixture.settler();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            threads.invokeAll(List.of(settling(settler), settling(other)));
        }
        settleLater();
        calls.forEach(call -> assertEnded(call, CallState.CHARGED, "0.0035"));
        assertThat(fixture.asked()).isEqualTo(8);
    }

    private static Callable<Boolean> settling(DeferredSettler one) {
        return () -> {
            one.settleDue();
            return true;
        };
    }

    @Test
    void goesOnAfterARestart() throws Exception {
        CallId call = fixture.deferred("resp_1");
        CallId lost = fixture.held();
        fixture.restart();
        assertThat(fixture.row(lost).state()).isEqualTo(CallState.ESTIMATED);
        assertThat(fixture.row(call).state()).isEqualTo(CallState.HELD);
        fixture.text = DONE;
        fixture.pass(MINUTE);
        try (DeferredSettler next = fixture.settler()) {
            next.settleDue();
        }
        assertEnded(call, CallState.CHARGED, "0.0035");
    }

    @Test
    void asksAgainWhenOpenAiCannotBeReachedOrHasTrouble() throws Exception {
        CallId call = fixture.deferred("resp_1");
        for (int status : new int[] {0, 500, 401, 429, 503}) {
            fixture.status = status;
            settleLater();
        }
        fixture.status = 200;
        for (String text : List.of("", "gateway", "{}", "{\"id\":\"resp_1\",\"usa")) {
            fixture.text = text;
            settleLater();
        }
        assertThat(fixture.row(call).state()).isEqualTo(CallState.HELD);
        settleAs(DONE);
        assertEnded(call, CallState.CHARGED, "0.0035");
    }

    @Test
    void takesNotFoundForTrueOnlyAfterAWhile() throws Exception {
        CallId call = fixture.deferred("resp_1");
        fixture.status = 404;
        settleLater();
        settleLater();
        settleLater();
        assertThat(fixture.row(call).state()).isEqualTo(CallState.HELD);
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

    /** A call that broke off after 200 bytes, and that OpenAI does not know. */
    private CallId forgotten(List<Usage> beside) throws Exception {
        SettlementTerms broken =
                new SettlementTerms(null, DeferredFixture.TERMS.response(), 1_000L, 200L, beside);
        assertThat(SettlementTerms.parse(broken.text())).isEqualTo(broken);
        CallId call = fixture.deferred("resp_1", broken);
        fixture.status = 404;
        for (int i = 0; i < 4; i++) {
            settleLater();
        }
        return call;
    }

    @Test
    void takesNotFoundForTrueOnlyWhenItStaysSo() throws Exception {
        CallId call = fixture.deferred("resp_1");
        for (int i = 0; i < 3; i++) {
            settleLater();
        }
        for (int i = 0; i < 3; i++) {
            fixture.status = 404;
            settleLater();
            settleLater();
            settleLater();
            fixture.status = 200;
            settleLater();
        }
        assertThat(fixture.row(call).state()).isEqualTo(CallState.HELD);
        settleAs(DONE);
        assertEnded(call, CallState.CHARGED, "0.0035");
    }

    @Test
    void chargesTheHoldWhenOpenAiNeverTells() throws Exception {
        CallId call = fixture.deferred("resp_1");
        fixture.status = 403;
        settleLater();
        fixture.pass(Duration.ofDays(7).minus(MINUTE.multipliedBy(2)));
        settler.settleDue();
        assertThat(fixture.row(call).state()).isEqualTo(CallState.HELD);
        settleLater();
        settleLater();
        assertEnded(call, CallState.ESTIMATED, "1");
        assertThat(fixture.row(call).reason()).contains("seven days").contains("403");
    }

    @Test
    void goesOnAfterAMistakeOfItsOwn() throws Exception {
        CallId call = fixture.deferred("resp_1");
        fixture.status = -1;
        for (int i = 0; i < 20; i++) {
            settleLater();
        }
        fixture.status = 200;
        settleAs(DONE);
        assertEnded(call, CallState.CHARGED, "0.0035");
    }

    @Test
    void keepsTheEditionOfThePricesThatItWasChargedBy() throws Exception {
        CallId call = fixture.deferred("resp_1");
        assertThat(fixture.row(call).bill().priceVersion()).isEqualTo(DeferredFixture.ADMITTED_BY);
        settleAs(DONE);
        assertThat(fixture.row(call).bill().priceVersion()).isEqualTo(fixture.pricesInForce());
        CallId silent = fixture.deferred("resp_2");
        settleAs("{\"id\":\"resp_2\",\"status\":\"cancelled\",\"usage\":null}");
        assertThat(fixture.row(silent).bill().priceVersion())
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
        CallId call = fixture.deferred("resp_1");
        settleAs(ranIn("cntr_1", "{\"container\":{\"type\":\"auto\"}}"));
        assertEnded(call, CallState.CHARGED, "0.0335");
        assertThat(fixture.paidFor("cntr_1")).isEqualTo(Duration.ofMinutes(20));
        assertThat(fixture.store().objects().ownerOf("cntr_1")).isPresent();
    }

    @Test
    void aContainerThatItUsedAgainIsPaidForASessionMore() throws Exception {
        fixture.learns(fixture.held(), new ObjectReference("id", ObjectKind.CONTAINER, "cntr_1"));
        fixture.pass(MINUTE);
        CallId call = fixture.deferred("resp_1");
        settleAs(ranIn("cntr_1", "{\"container\":{\"type\":\"auto\"}}"));
        assertThat(fixture.row(call).bill().cost()).isEqualTo(Usd.parse("0.0335"));
        assertThat(fixture.paidFor("cntr_1")).isEqualTo(Duration.ofMinutes(38));
    }

    @Test
    void aContainerThatItsRequestNamedIsNotPaidByIt() throws Exception {
        fixture.learns(fixture.held(), new ObjectReference("id", ObjectKind.CONTAINER, "cntr_1"));
        fixture.pass(MINUTE);
        CallId call = fixture.deferred("resp_1");
        settleAs(ranIn("cntr_1", "{\"container\":\"cntr_1\"}"));
        assertThat(fixture.row(call).bill().cost()).isEqualTo(Usd.parse("0.0035"));
        assertThat(fixture.paidFor("cntr_1")).isEqualTo(Duration.ofMinutes(18));
    }

    @Test
    void chargesTheHoldForWhatStatesNoUsageOrNonsense() throws Exception {
        CallId silent = fixture.deferred("resp_1");
        settleAs("{\"id\":\"resp_1\",\"status\":\"cancelled\",\"usage\":null}");
        assertEnded(silent, CallState.ESTIMATED, "1");
        CallId odd = fixture.deferred("resp_2");
        fixture.text = DONE.replace(":100,", ":-1,");
        settleLater();
        assertEnded(odd, CallState.ESTIMATED, "1");
    }

    @Test
    void leavesACallAloneThatHasEndedOtherwise() throws Exception {
        CallId call = fixture.deferred("resp_1");
        CallOutcome.Bill nothing = CallOutcome.Bill.flat(Usd.ZERO, "");
        fixture.store()
                .ledger()
                .end(
                        new CallOutcome(
                                call,
                                CallState.RELEASED,
                                "by hand",
                                0,
                                Instant.parse("2026-11-23T12:00:00Z"),
                                nothing));
        settleAs(DONE);
        assertEnded(call, CallState.RELEASED, "0");
        assertThat(fixture.asked()).isZero();
    }

    @Test
    void takesNoCallOverThatItCouldNotAskFor() {
        DeferredCalls deferredCalls = new DeferredCalls(fixture.store().deferred());
        CallId call = fixture.held();
        assertThat(add(deferredCalls, call, "../files/x")).isFalse();
        assertThat(add(deferredCalls, call, "x".repeat(129))).isFalse();
        assertThat(add(deferredCalls, call, "resp_1")).isTrue();
        assertThat(add(deferredCalls, call, "resp_2")).as("a second time").isFalse();
        assertThat(add(deferredCalls, fixture.held(), "resp_1")).as("another call's").isFalse();
    }

    private static boolean add(DeferredCalls deferredCalls, CallId call, String id) {
        return deferredCalls.add(
                call, PendingSettlements.SettlementKind.RESPONSE, id, DeferredFixture.TERMS);
    }

    @Test
    void theAuditFindsARowThatBelongsToNoHeldCall() throws Exception {
        fixture.deferred("resp_1");
        try (var connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + folder.resolve("test.db") + "?busy_timeout=5000");
                var statement = connection.createStatement()) {
            statement.execute("UPDATE deferred SET call_id = call_id + 1");
        }
        assertThat(fixture.store().audit().run().findings())
                .extracting(AuditFinding::rule)
                .contains("a call that waits for its cost is held");
    }

    @Test
    void readsTheTermsThatItWroteAndNothingElse() {
        SettlementTerms terms =
                new SettlementTerms(
                        "/v1/responses",
                        new ResponseTerms(
                                true, true, "an image=model", "tool:web_search", "tool:c", null));
        assertThat(SettlementTerms.parse(terms.text())).isEqualTo(terms);
        assertThat(SettlementTerms.parse(DeferredFixture.TERMS.text()))
                .isEqualTo(DeferredFixture.TERMS);
        for (String text : List.of("", "search=a", terms.text() + " x=1", " " + terms.text())) {
            assertThatThrownBy(() -> SettlementTerms.parse(text))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
