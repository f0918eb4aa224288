package dev.oaiproxy.proxy.deferred;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch of chats with gpt-4o: 1.25 USD per million input tokens, 5 per million output tokens. */
@Tag("database")
final class BatchQueryTest {
    private static final String OUTPUT = "/files/file-out/content";

    @TempDir Path folder;
    private DeferredFixture deferredFixture;
    private DeferredSettler deferredSettler;
    private CallId call;

    @BeforeEach
    void open() {
        deferredFixture = new DeferredFixture(folder);
        deferredSettler = deferredFixture.settler();
        call = deferredFixture.deferredBatch("batch_1");
    }

    @AfterEach
    void close() {
        deferredSettler.close();
        deferredFixture.close();
    }

    private static String batch(String status, int completed, String more) {
        return """
        {"id":"batch_1","status":"%s","output_file_id":"file-out","error_file_id":null,\
        "request_counts":{"total":9,"completed":%d,"failed":0}%s}\
        """
                .formatted(status, completed, more);
    }

    private static String line(String model, long in, long out) {
        return """
        {"id":"r","custom_id":"a","response":{"status_code":200,"request_id":"q","body":\
        {"id":"c","model":"%s","service_tier":"default","choices":[{}],"usage":\
        {"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}}},"error":null}
        """
                .formatted(model, in, out, in + out);
    }

    private void settleLater() throws InterruptedException {
        deferredFixture.pass(Duration.ofMinutes(5));
        deferredSettler.settleDue();
    }

    private CallRow settled(String batch, String output) throws InterruptedException {
        deferredFixture.text = batch;
        deferredFixture.files.put(OUTPUT, output);
        settleLater();
        assertThat(deferredFixture.store().audit().run().findings()).isEmpty();
        return deferredFixture.row(call);
    }

    private void assertEstimated(CallRow row, String reason) {
        assertThat(row.state()).isEqualTo(CallState.ESTIMATED);
        assertThat(row.bill().cost()).isEqualTo(Usd.parse("1"));
        assertThat(row.reason()).contains(reason);
    }

    @Test
    void sumsAllLinesAndRoundsOnce() throws Exception {
        String output =
                line("gpt-4o-2024-08-06", 1, 0)
                        + line("gpt-4o", 1000, 100)
                        + line("gpt-4o-2024-11-20", 1, 2)
                        + line("gpt-4.1-nano", 3, 0);
        CallRow row = settled(batch("completed", 4, ""), output);
        assertThat(row.state()).isEqualTo(CallState.CHARGED);
        // 1002 at 1.25, 102 at 5 and 3 at 0.05 USD per million.
        assertThat(row.bill().cost()).isEqualTo(Usd.ofNanos(1002 * 1250 + 102 * 5000 + 3 * 50));
        assertThat(row.bill().lines()).isEqualTo("input=1002@1.25 output=102@5 input=3@0.05");
        assertThat(row.bill().tier()).isEqualTo("batch");
        assertThat(row.bill().model()).isEqualTo("gpt-4o");
        assertThat(row.bill().inputTokens()).isEqualTo(1005);
    }

    @Test
    void asksUntilItHasEnded() throws Exception {
        for (String status : List.of("validating", "in_progress", "finalizing", "cancelling")) {
            assertThat(settled(batch(status, 0, ""), "").state()).isEqualTo(CallState.HELD);
        }
        assertThat(settled("{}", "").state()).isEqualTo(CallState.HELD);
        assertThat(settled(batch("completed", 1, ""), line("gpt-4o", 8, 0)).bill().cost())
                .isEqualTo(Usd.ofNanos(8 * 1250));
    }

    @Test
    void asksLessAndLessOftenForADay() throws Exception {
        deferredFixture.text = batch("in_progress", 0, "");
        for (int minute = 0; minute < 24 * 60; minute++) {
            deferredFixture.pass(Duration.ofMinutes(1));
            deferredSettler.settleDue();
        }
        assertThat(deferredFixture.asked()).isBetween(700, 740);
        assertThat(deferredFixture.row(call).state()).isEqualTo(CallState.HELD);
    }

    @Test
    void chargesOnceThoughTwoSettleAtOnce() throws Exception {
        deferredFixture.text = batch("completed", 1, "");
        deferredFixture.files.put(OUTPUT, line("gpt-4o", 1000, 100));
        deferredFixture.pass(Duration.ofMinutes(1));
        try (DeferredSettler other = deferredFixture.settler();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            threads.invokeAll(
                    List.of(
                            () -> {
                                deferredSettler.settleDue();
                                return true;
                            },
                            () -> {
                                other.settleDue();
                                return true;
                            }));
        }
        settleLater();
        assertThat(deferredFixture.row(call).bill().cost()).isEqualTo(Usd.parse("0.00175"));
        assertThat(deferredFixture.asked()).isEqualTo(2);
        assertThat(deferredFixture.store().audit().run().findings()).isEmpty();
    }

    @Test
    void passesOverErrorsAndWhatWasNeverRun() throws Exception {
        String failed =
                """
                {"custom_id":"b","response":{"status_code":429,"body":{"error":{}}},"error":null}
                {"custom_id":"c","response":null,"error":{"code":"batch_expired","message":"m"}}
                """;
        CallRow row = settled(batch("expired", 1, ""), failed + line("gpt-4o", 1000, 100));
        assertThat(row.state()).isEqualTo(CallState.CHARGED);
        assertThat(row.bill().cost()).isEqualTo(Usd.parse("0.00175"));
    }

    @Test
    void chargesTheHoldWhereALineDoesNotSayWhatItCost() throws Exception {
        assertEstimated(
                settled(batch("completed", 2, ""), line("gpt-4o", 1, 1) + "{\"custom_id\":\"b\"}"),
                "line 2 of the output");
    }

    @Test
    void chargesTheHoldForNonsense() throws Exception {
        assertEstimated(settled(batch("completed", 1, ""), "<html>\n"), "line 1 of the output");
    }

    @Test
    void chargesTheHoldWhenTheOutputIsNotWhole() throws Exception {
        assertEstimated(
                settled(batch("completed", 2, ""), line("gpt-4o", 1, 1)), "fewer responses");
    }

    @Test
    void givesTheHoldBackWhenNothingWasAnswered() throws Exception {
        String none = batch("failed", 0, "").replace("\"file-out\"", "null");
        CallRow row = settled(none, "");
        assertThat(row.state()).isEqualTo(CallState.RELEASED);
        assertThat(row.bill().cost()).isEqualTo(Usd.ZERO);
    }

    @Test
    void chargesTheHoldWhenTheOutputIsGone() throws Exception {
        deferredFixture.text = batch("completed", 1, "");
        for (int i = 0; i < 3; i++) {
            settleLater();
            assertThat(deferredFixture.row(call).state()).isEqualTo(CallState.HELD);
        }
        settleLater();
        assertEstimated(deferredFixture.row(call), "no longer has");
    }

    @Test
    void waitsForAnOutputThatIsNotThereForAMoment() throws Exception {
        deferredFixture.text = batch("in_progress", 0, "");
        for (int i = 0; i < 5; i++) {
            settleLater();
        }
        deferredFixture.text = batch("completed", 1, "").replace("\"file-out\"", "null");
        settleLater();
        deferredFixture.text = batch("completed", 1, "");
        settleLater();
        assertThat(deferredFixture.row(call).state()).isEqualTo(CallState.HELD);
        assertThat(settled(batch("completed", 1, ""), line("gpt-4o", 8, 0)).state())
                .isEqualTo(CallState.CHARGED);
    }

    @Test
    void chargesWhatItCostAlsoBeyondTheHold() throws Exception {
        CallRow row = settled(batch("completed", 1, ""), line("gpt-4o", 1_000_000, 0));
        assertThat(row.state()).isEqualTo(CallState.CHARGED);
        assertThat(row.bill().cost()).isEqualTo(Usd.parse("1.25"));
        assertThat(row.reason()).isEqualTo("costs more than was held");
    }

    @Test
    void countsMoreThanOneAnswerCan() throws Exception {
        String line = line("gpt-4o", 4_000_000_000L, 0);
        CallRow row = settled(batch("completed", 2, ""), line + line);
        assertThat(row.bill().lines()).isEqualTo("input=8000000000@1.25");
    }

    @Test
    void isSettledAtOnceWhenItsUserLearnsOfItsOutput() throws Exception {
        settled(batch("in_progress", 0, ""), line("gpt-4o", 8, 0));
        settleLater();
        deferredFixture.text = batch("completed", 1, "");
        deferredSettler.settleDue();
        assertThat(deferredFixture.row(call).state()).isEqualTo(CallState.HELD);
        deferredFixture.learns(
                call, new ObjectReference("output_file_id", ObjectKind.FILE, "file-out"));
        deferredSettler.settleDue();
        assertThat(deferredFixture.row(call).state()).isEqualTo(CallState.CHARGED);
    }

    @Test
    void writesDownWhoseTheOutputIs() throws Exception {
        settled(batch("completed", 1, ""), line("gpt-4o", 1, 1));
        assertThat(deferredFixture.store().objects().ownerOf("file-out")).isPresent();
    }
}
