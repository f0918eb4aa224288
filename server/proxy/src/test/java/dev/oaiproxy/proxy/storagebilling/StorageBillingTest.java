package dev.oaiproxy.proxy.storagebilling;

import static dev.oaiproxy.proxy.relay.exchange.CaughtRefusal.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.AuditFinding;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An hour of 3 MiB is 122.07 millionths of a gigabyte-day: 123, at 0.0000001 USD each. */
@Timeout(120)
@Tag("database")
@Tag("server")
final class StorageBillingTest {
    private static final int SIZE = 3 << 20;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir Path folder;
    private StorageBillingFixture bench;
    private Key bob;

    @BeforeEach
    void open() {
        bench = new StorageBillingFixture(folder);
        bob = bench.key("bob", "5");
    }

    @AfterEach
    void theBooksBalance() {
        assertThat(bench.store().audit().run().findings()).isEmpty();
        bench.close();
    }

    private static String minutes(int count) {
        return "container_minutes=" + count + "@0.0015";
    }

    @Test
    void storageIsPaidByTheHourInAdvance() throws Exception {
        String id = bench.vectorStore(bob, SIZE);
        bench.live(Duration.ofMinutes(1));
        assertThat(bench.spent(bob)).isEqualTo("0.0000123");
        bench.live(Duration.ofMinutes(43));
        assertThat(bench.spent(bob)).isEqualTo("0.0000123");
        bench.live(Duration.ofMinutes(3 * 60 - 44));
        assertThat(bench.spent(bob)).as("until three hours and a quarter").isEqualTo("0.0000492");
        CallRow call = bench.calls().getFirst();
        assertThat(call.operation()).isEqualTo("storage vector_stores");
        assertThat(call.state()).isEqualTo(CallState.CHARGED);
        assertThat(call.bill().model()).isEqualTo("tool:file_search_storage");
        assertThat(call.bill().lines()).isEqualTo("storage=123@0.1");
        bench.json("DELETE", "/vector_stores/" + id, "", 200);
        bench.live(HOUR);
        assertThat(bench.isKept(id)).isFalse();
        assertThat(bench.store().objects().ownerOf(id)).isEmpty();
        assertThat(bench.spent(bob)).isEqualTo("0.0000492");
    }

    @Test
    void anEmptyStoreCostsNothing() throws Exception {
        String id = bench.vectorStore(bob, 0);
        bench.live(Duration.ofHours(2));
        assertThat(bench.calls()).isEmpty();
        bench.add(id, SIZE);
        bench.live(MINUTE);
        assertThat(bench.spent(bob)).as("for the whole hour").isEqualTo("0.0000123");
    }

    @Test
    void whatIsAddedIsPaidForTheWholeHour() throws Exception {
        String id = bench.vectorStore(bob, SIZE);
        bench.live(MINUTE);
        bench.add(id, SIZE);
        bench.live(MINUTE);
        assertThat(bench.spent(bob)).isEqualTo("0.0000246");
        bench.live(Duration.ofMinutes(50));
        assertThat(bench.spent(bob)).as("twice as much each hour").isEqualTo("0.0000491");
    }

    @Test
    void hoursThatNobodySawArePaidLater() throws Exception {
        bench.vectorStore(bob, SIZE);
        bench.live(MINUTE);
        bench.pass(Duration.ofHours(10));
        bench.restart();
        bench.see();
        assertThat(bench.spent(bob)).as("eleven hours").isEqualTo("0.0001353");
        bench.restart();
        bench.live(MINUTE);
        assertThat(bench.spent(bob)).isEqualTo("0.0001353");
    }

    @Test
    void isPaidOnceThoughTwoSeeToIt() throws Exception {
        for (int i = 0; i < 4; i++) {
            bench.vectorStore(bob, SIZE);
        }
        bench.pass(Duration.ofMinutes(1));
        try (StorageBilling one = bench.billing();
                StorageBilling other = bench.billing();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            threads.invokeAll(List.of(seeing(one), seeing(other)));
        }
        bench.see();
        assertThat(bench.calls()).hasSize(4);
        assertThat(bench.spent(bob)).isEqualTo("0.0000492");
    }

    private static Callable<Boolean> seeing(StorageBilling one) {
        return () -> {
            one.seeToDue();
            return true;
        };
    }

    @Test
    void isDeletedWhenWhatIsPaidHasEndedAndNobodyCanPay() throws Exception {
        bench.grant(bob, "0.00002");
        String id = bench.vectorStore(bob, SIZE);
        bench.live(Duration.ofMinutes(59));
        assertThat(bench.listed("/vector_stores", id).isMissingNode()).isFalse();
        bench.live(Duration.ofMinutes(2));
        assertThat(bench.listed("/vector_stores", id).isMissingNode()).isTrue();
        assertThat(bench.isKept(id)).isFalse();
        assertThat(bench.spent(bob)).isEqualTo("0.0000123");
        assertThat(bench.json("GET", "/files", "", 200).path("data")).as("its files").hasSize(1);
    }

    @Test
    void callsThatHoldTheQuotaPutDeletionOffByAQuarterOfAnHourOnly() throws Exception {
        bench.grant(bob, "0.0001");
        String id = bench.vectorStore(bob, SIZE);
        bench.live(MINUTE);
        bench.hold(bob, "0.00008");
        bench.live(Duration.ofMinutes(73));
        assertThat(bench.isKept(id)).isTrue();
        bench.live(Duration.ofMinutes(2));
        assertThat(bench.listed("/vector_stores", id).isMissingNode()).isTrue();
        assertThat(bench.isKept(id)).isFalse();
        assertThat(bench.spent(bob)).isEqualTo("0.0000123");
    }

    @Test
    void growthThatCannotBePaidIsKeptForAQuarterOfAnHourOnly() throws Exception {
        bench.grant(bob, "0.00002");
        String id = bench.vectorStore(bob, 0);
        bench.live(MINUTE);
        bench.add(id, 2 * SIZE);
        bench.live(Duration.ofMinutes(14));
        assertThat(bench.isKept(id)).isTrue();
        bench.live(Duration.ofMinutes(3));
        assertThat(bench.listed("/vector_stores", id).isMissingNode()).isTrue();
        assertThat(bench.isKept(id)).isFalse();
    }

    @Test
    void growthIsPaidWhenTheQuotaIsRaisedInTime() throws Exception {
        bench.grant(bob, "0.00002");
        String id = bench.vectorStore(bob, SIZE);
        bench.live(MINUTE);
        bench.add(id, SIZE);
        bench.live(Duration.ofMinutes(10));
        assertThat(bench.spent(bob)).isEqualTo("0.0000123");
        bench.grant(bob, "1");
        bench.live(Duration.ofMinutes(20));
        assertThat(bench.isKept(id)).isTrue();
        assertThat(bench.spent(bob)).isEqualTo("0.0000246");
        assertThat(bench.kept(id).owed()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void staysWhenTheQuotaIsRaisedInTime() throws Exception {
        bench.grant(bob, "0.00002");
        String id = bench.vectorStore(bob, SIZE);
        bench.live(Duration.ofMinutes(50));
        bench.grant(bob, "1");
        bench.live(HOUR);
        assertThat(bench.isKept(id)).isTrue();
        assertThat(bench.spent(bob)).isEqualTo("0.0000369");
    }

    @Test
    void isDeletedLaterWhenOpenAiDoesNotDeleteItNow() throws Exception {
        bench.grant(bob, "0.00002");
        String id = bench.vectorStore(bob, SIZE);
        bench.refusesDeletion = true;
        bench.live(Duration.ofMinutes(70));
        assertThat(bench.isKept(id)).isTrue();
        bench.refusesDeletion = false;
        bench.live(Duration.ofMinutes(2));
        assertThat(bench.listed("/vector_stores", id).isMissingNode()).isTrue();
        assertThat(bench.isKept(id)).isFalse();
        assertThat(bench.spent(bob)).isEqualTo("0.0000123");
    }

    @Test
    void anotherKeyOfTheUserPaysWhenTheOneThatMadeItCannot() throws Exception {
        String id = bench.vectorStore(bob, SIZE);
        bench.live(MINUTE);
        Key next = bench.key("bob", "1");
        Key stranger = bench.key("eve", "1");
        bench.revoke(bob);
        bench.live(HOUR);
        assertThat(bench.spent(bob)).isEqualTo("0.0000123");
        assertThat(bench.spent(next)).isEqualTo("0.0000123");
        bench.revoke(next);
        bench.live(HOUR);
        assertThat(bench.spent(bob)).as("when no key works").isEqualTo("0.0000246");
        assertThat(bench.spent(stranger)).isEqualTo("0.00");
        assertThat(bench.isKept(id)).isTrue();
    }

    @Test
    void aContainerThatIsLeftCostsItsFirstSessionOnly() throws Exception {
        String id = bench.container(bob, "1g");
        bench.live(Duration.ofMinutes(18));
        assertThat(bench.kept(id).memory()).isEqualTo("1g");
        bench.live(Duration.ofMinutes(12));
        assertThat(bench.listed("/containers", id).path("status").asText()).isEqualTo("expired");
        assertThat(bench.isKept(id)).isFalse();
        assertThat(bench.calls()).isEmpty();
    }

    @Test
    void aContainerThatIsUsedOnIsPaidSessionBySession() throws Exception {
        String id = bench.container(bob, "4g");
        for (int use = 0; use < 6; use++) {
            bench.live(Duration.ofMinutes(15));
            bench.payUse(id, bob);
            bench.json("GET", "/containers/" + id + "/files", "", 200);
        }
        assertThat(bench.spent(bob)).as("90 minutes, less what is paid").isEqualTo("0.48");
        assertThat(bench.calls().getFirst().operation()).isEqualTo("session containers");
        assertThat(bench.calls().getFirst().bill().lines()).isEqualTo("container_minutes=20@0.006");
        bench.live(Duration.ofMinutes(40));
        assertThat(bench.isKept(id)).isFalse();
        assertThat(bench.spent(bob)).isEqualTo("0.48");
    }

    @Test
    void aUseOfAContainerThatHasEndedIsNotPaid() throws Exception {
        String id = bench.container(bob, "4g");
        bench.pass(HOUR);
        bench.payUse(id, bob);
        bench.json("GET", "/containers/" + id + "/files", "", 400);
        bench.live(Duration.ofMinutes(10));
        assertThat(bench.isKept(id)).isFalse();
        assertThat(bench.calls()).isEmpty();
    }

    @Test
    void aUseThatCannotBePaidIsRefused() throws Exception {
        String id = bench.container(bob, "1g");
        bench.live(Duration.ofMinutes(15));
        bench.payUse(id, bob);
        bench.json("GET", "/containers/" + id + "/files", "", 200);
        bench.grant(bob, "0.01");
        bench.live(Duration.ofMinutes(10));
        assertThat(refusal(() -> bench.payUse(id, bob))).isInstanceOf(Refusal.QuotaSpent.class);
        assertThat(bench.spent(bob)).isEqualTo("0.00");
    }

    @Test
    void aUseThatLastsIsPaidWhenItHasEnded() throws Exception {
        String id = bench.container(bob, "1g");
        bench.pass(Duration.ofMinutes(15));
        bench.json("GET", "/containers/" + id + "/files", "", 200);
        bench.pass(Duration.ofMinutes(15));
        bench.json("GET", "/containers/" + id + "/files", "", 200);
        bench.store().accruals().use(id);
        bench.live(MINUTE);
        assertThat(bench.spent(bob)).isEqualTo("0.03");
        assertThat(bench.calls().getFirst().bill().lines()).isEqualTo(minutes(20));
    }

    @Test
    void aSessionThatAnAnswerHasPaidIsNotPaidAgain() throws Exception {
        String id = bench.container(bob, "1g");
        bench.store().accruals().extend(id);
        bench.live(Duration.ofMinutes(15));
        bench.payUse(id, bob);
        bench.json("GET", "/containers/" + id + "/files", "", 200);
        bench.live(Duration.ofMinutes(15));
        bench.payUse(id, bob);
        assertThat(bench.calls()).isEmpty();
    }

    @Test
    void theAuditFindsAVectorStoreThatNobodyPaysFor() {
        String id = bench.vectorStore(bob, SIZE);
        bench.store().accruals().close(id);
        assertThat(bench.store().audit().run().findings())
                .extracting(AuditFinding::rule)
                .containsExactly("a stored object has an owner and is billed");
        bench.store().objects().forget(id);
    }
}
