package dev.oaiproxy.proxy.quota;

import static dev.oaiproxy.proxy.relay.exchange.CaughtRefusal.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.Deadline;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.ledger.Ledger;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.StoreSettings;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.Breakdown;
import dev.oaiproxy.metering.price.MaxUsage;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.RequestScanner;
import dev.oaiproxy.metering.request.ScanResult;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.SampleFacts;
import dev.oaiproxy.metering.request.picture.SamplePictures;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** gpt-4o at the default tier: 2.50 USD a million of input, 10 of at most 16,384 of output. */
@Tag("database")
class QuotaTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOON);
    private static final PriceBook BOOK = PriceBook.load(Checkout.file("config/prices.yaml"));
    private static final ModelPrice PRICE = BOOK.find("gpt-4o", NOON).orElseThrow();
    private static final Actor ADMIN = new Actor("admin", "test");
    @TempDir Path folder;
    private Store store;
    private CallIds ids;

    @BeforeEach
    void open() {
        store =
                Store.open(
                        new StoreSettings(
                                folder.resolve("test.db"), folder.resolve("spool"), ZoneOffset.UTC),
                        CLOCK);
        ids = new CallIds(CLOCK, 0);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void holdsTheFullCeilingOfACallWithALimitWhereItFits() {
        GrantedHold granted = impatient().ask(order(key("0.17"), body(2_000), 16_384L));
        assertThat(granted.clampedTo()).isNull();
        assertThat(granted.hold().amount()).isEqualTo(Usd.parse("0.16884"));
        assertThat(granted.hold().remaining()).isEqualTo(Usd.parse("0.00116"));
    }

    /** The share is a quarter in this test. */
    @Test
    void holdsTheFullCeilingOfACallWithoutALimitWhereItIsNoMoreThanAShare() {
        GrantedHold whole = impatient().ask(order(key("0.65536"), body(0), null));
        assertThat(whole.clampedTo()).isNull();
        assertThat(whole.hold().amount()).isEqualTo(Usd.parse("0.16384"));
        GrantedHold shared = impatient().ask(order(key("0.65532"), body(0), null));
        assertThat(shared.clampedTo()).isEqualTo(16_383);
        assertThat(shared.hold().amount()).isEqualTo(Usd.parse("0.16383"));
    }

    /** Each share is a part of the free balance at the time of its hold, in any order. */
    @Test
    void givesCallsAtTheSameMomentEachAShareOfWhatTheOthersLeave() {
        Key key = key("0.64");
        Quota quota = impatient();
        List<CompletableFuture<GrantedHold>> asked =
                Stream.generate(
                                () ->
                                        CompletableFuture.supplyAsync(
                                                () -> quota.ask(order(key, body(0), null)),
                                                Thread::startVirtualThread))
                        .limit(8)
                        .toList();
        List<Long> limits =
                asked.stream()
                        .map(grant -> Objects.requireNonNull(grant.join().clampedTo()))
                        .sorted(Comparator.reverseOrder())
                        .toList();
        assertThat(limits)
                .containsExactly(16_000L, 12_000L, 9_000L, 6_750L, 5_062L, 3_797L, 2_847L, 2_136L);
    }

    @Test
    void clampsTheOutputToAShareOfWhatIsFree() {
        GrantedHold granted = impatient().ask(order(key("0.10"), body(0), null));
        assertThat(granted.clampedTo()).isEqualTo(2_500);
        assertThat(granted.hold().amount()).isEqualTo(Usd.parse("0.025"));
    }

    @Test
    void clampsToTheFloorWhereTheShareIsLess() {
        GrantedHold granted = impatient().ask(order(key("0.02"), body(0), null));
        assertThat(granted.clampedTo()).isEqualTo(1_024);
        assertThat(granted.hold().amount()).isEqualTo(Usd.parse("0.01024"));
    }

    @Test
    void neverClampsBelowTheFloor() {
        assertThat(impatient().ask(order(key("0.01024"), body(0), null))).isNotNull();
        assertThat(refusal(() -> impatient().ask(order(key("0.010239"), body(0), null))))
                .isInstanceOf(Refusal.QuotaSpent.class);
        // A request below the floor gets its own limit or nothing.
        assertThat(impatient().ask(order(key("0.001"), body(0), 100L)).clampedTo()).isNull();
        assertThat(refusal(() -> impatient().ask(order(key("0.000999"), body(0), 100L))))
                .isInstanceOf(Refusal.QuotaSpent.class);
    }

    @Test
    void countsTokensOnlyWhereTheBoundByBytesDoesNotFit() {
        assertThat(impatient().ask(order(key("1"), body(10_000), 10L)).hold().amount())
                .isEqualTo(Usd.parse("0.0251"));
        GrantedHold counted = impatient().ask(order(key("0.02"), body(10_000), 10L));
        assertThat(counted.clampedTo()).isNull();
        // 10,000 bytes are 2,000 words with a token each.
        assertThat(counted.hold().amount()).isBetween(Usd.parse("0.0051"), Usd.parse("0.0151"));
    }

    /** An image of few bytes has many tokens, whatever the count of the text. */
    @Test
    void countsPicturesBesideTheText() {
        String picture = SamplePictures.url(SamplePictures.png(2_000, 4_000));
        byte[] body =
                """
                {"model":"m","service_tier":"default","messages":[{"role":"user","content":[
                {"type":"text","text":"%s"},
                {"type":"image_url","image_url":{"url":"%s"}}]}]}\
                """
                        .formatted("word ".repeat(2_000), picture)
                        .getBytes(StandardCharsets.UTF_8);
        RequestFacts read = ((ScanResult.Facts) RequestScanner.scanJson(Meter.CHAT, body)).facts();
        MaxUsage maxUsage = new MaxUsage(PRICE, read.withMaxOutputTokens(10), Map.of());
        MeteredRequest request =
                new MeteredRequest(key("0.02"), "chat", Meter.CHAT, maxUsage, BOOK, body, null);
        // 85 + 6 x 170 for the image, 2,000 words and a few more, 10 of output.
        assertThat(impatient().ask(request).hold().amount())
                .isBetween(Usd.parse("0.0078"), Usd.parse("0.0088"));
    }

    @Test
    void givesEachOfManyAShareSoThatNoneStarves() {
        Key key = key("0.10");
        Quota quota = impatient();
        for (int i = 0; i < 7; i++) {
            GrantedHold granted = quota.ask(order(key, body(0), null));
            assertThat(granted.clampedTo()).isBetween(1_024L, 2_500L);
        }
        assertThat(quota.inFlight()).isEqualTo(7);
    }

    @Test
    void waitsForOtherHoldsOfTheAccountAndIsThenGranted() throws Exception {
        Key key = key("0.02");
        Quota quota = quota(Duration.ofSeconds(60));
        Hold first = quota.ask(order(key, body(0), 1_500L)).hold();
        CompletableFuture<GrantedHold> second = new CompletableFuture<>();
        Thread waiting =
                Thread.ofPlatform()
                        .start(() -> second.complete(quota.ask(order(key, body(0), 1_024L))));
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        first.release("not sent", 0);
        assertThat(second.get().hold().amount()).isEqualTo(Usd.parse("0.01024"));
        assertThat(quota.inFlight()).isEqualTo(1);
    }

    @Test
    void aWaitForMoneyLeavesThePatienceWithTheDatabaseWhole() throws Exception {
        Key key = key("0.02");
        List<Long> left = new CopyOnWriteArrayList<>();
        Quota quota = quota(Duration.ofSeconds(60), new Watched(store.ledger(), left));
        Hold first = quota.ask(order(key, body(0), 1_500L)).hold();
        left.clear();
        CompletableFuture<GrantedHold> second = new CompletableFuture<>();
        Supplier<GrantedHold> asking = () -> quota.ask(order(key, body(0), 1_024L));
        Thread waiting =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        second.complete(
                                                Deadline.within(Duration.ofMinutes(1), asking)));
        while (!isIn(waiting, InFlightCalls.class)) {
            Thread.onSpinWait();
        }
        first.release("not sent", 0);
        second.get();
        // Each attempt takes some of the time limit, however short it is.
        assertThat(left).hasSizeGreaterThan(1);
        assertThat(left.getLast()).as("milliseconds after the wait").isEqualTo(60_000);
    }

    private static boolean isIn(Thread thread, Class<?> code) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(
                        frame ->
                                frame.getClassName().equals(code.getName())
                                        && frame.getMethodName().equals("await"));
    }

    /** Records the time limit of each admission. */
    private record Watched(Ledger ledger, List<Long> left) implements Ledger {
        @Override
        public Admission admit(HoldRequest order, Usd room) {
            left.add(Deadline.spend(0, millis -> millis));
            return ledger.admit(order, room);
        }

        @Override
        public Optional<Admission.Denied> objection(Key key, Instant at) {
            return ledger.objection(key, at);
        }

        @Override
        public Admission resize(CallId id, Usd amount, Instant at) {
            return ledger.resize(id, amount, at);
        }

        @Override
        public boolean end(CallOutcome outcome) {
            return ledger.end(outcome);
        }
    }

    @Test
    void isBusyWhenItsPatienceEndsBeforeTheOtherHolds() {
        Key key = key("0.02");
        Quota quota = impatient();
        quota.ask(order(key, body(0), 1_500L));
        Refusal second = refusal(() -> quota.ask(order(key, body(0), 1_024L)));
        assertThat(second).isInstanceOf(Refusal.QuotaHeld.class);
        assertThat(((Refusal.QuotaHeld) second).why().held()).isEqualTo(Usd.parse("0.015"));
    }

    @Test
    void isSpentAtOnceWhereNoEndingCouldHelp() {
        Key key = key("0.015");
        Quota quota = quota(Duration.ofDays(1));
        quota.ask(order(key, body(0), 1_000L));
        assertThat(refusal(() -> quota.ask(order(key, body(10_000), 1_800L))))
                .isInstanceOf(Refusal.QuotaSpent.class);
    }

    @Test
    void refusesAKeyThatWasRevokedAfterItWasRead() {
        Key key = key("1");
        store.keys().revoke(key.id(), ADMIN);
        Refusal refusal = refusal(() -> impatient().ask(order(key, body(0), 1L)));
        assertThat(refusal).isInstanceOf(Refusal.NotAdmitted.class);
        assertThat(((Refusal.NotAdmitted) refusal).why()).isInstanceOf(Admission.Inactive.class);
    }

    @Test
    void raisesAHoldOnceItIsAllowedAndEndsItAtThat() {
        Key key = key("1");
        Quota quota = impatient();
        MeteredRequest request = order(key, body(0), 1L);
        Hold hold = quota.ask(request, amount("0.4")).hold();
        Hold other = quota.ask(request, amount("0.5")).hold();
        assertThat(resize(hold, "0.6")).isInstanceOf(Refusal.QuotaHeld.class);
        assertThat(resize(hold, "1.1")).isInstanceOf(Refusal.QuotaSpent.class);
        assertThat(hold.amount()).isEqualTo(Usd.parse("0.4"));
        assertThat(hold.resize(Usd.parse("0.5"))).isNull();
        assertThat(other.resize(Usd.parse("0.2"))).isNull();
        assertThat(hold.resize(Usd.parse("0.8"))).isNull();
        assertThat(hold.estimate("cut off", 200)).isTrue();
        assertThat(other.release("not sent", 0)).isTrue();
        assertThat(store.quotas().find("key:" + key.id()).orElseThrow().spent())
                .isEqualTo(Usd.parse("0.8"));
        assertThatThrownBy(() -> hold.resize(Usd.ZERO)).isInstanceOf(IllegalStateException.class);
    }

    private static Refusal resize(Hold hold, String usd) {
        return amount(usd).refusal(Objects.requireNonNull(hold.resize(Usd.parse(usd))));
    }

    @Test
    void endsAHoldExactlyOnce() {
        Quota quota = impatient();
        Hold hold = quota.ask(order(key("1"), body(0), 1L)).hold();
        assertThat(hold.hasEnded()).isFalse();
        assertThat(hold.release("not sent", 0)).isTrue();
        assertThat(hold.hasEnded()).isTrue();
        assertThatThrownBy(() -> hold.release("again", 0))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> hold.estimate("again", 0))
                .isInstanceOf(IllegalStateException.class);
        assertThat(quota.inFlight()).isZero();
    }

    private Quota impatient() {
        return quota(Duration.ZERO);
    }

    private Quota quota(Duration patience) {
        return quota(patience, store.ledger());
    }

    private Quota quota(Duration patience, Ledger ledger) {
        return new Quota(
                ledger,
                ids,
                CLOCK,
                new QuotaPolicy(4, 1_024, patience),
                new InputTokenCounter(new SilentUpstream(), new ByteBudget(64 << 20)));
    }

    private Key key(String quota) {
        AccountLimits accountLimits =
                new AccountLimits(Usd.parse(quota), QuotaPeriod.TOTAL, null, null, null);
        KeySettings terms = new KeySettings("alice", "", List.of(), null, accountLimits);
        return store.keys().find(store.keys().create(terms, ADMIN).id()).orElseThrow();
    }

    @Test
    void waitsForMoneyWhereTheAmountIsFixed() {
        Key key = key("0.10");
        Quota quota = quota(Duration.ofSeconds(20));
        GrantedHold first = quota.ask(fixed(key, "0.08"));
        CompletableFuture<GrantedHold> second =
                CompletableFuture.supplyAsync(() -> quota.ask(fixed(key, "0.07")));
        first.hold().release("test", 200);
        assertThat(second.join().hold().amount()).isEqualTo(Usd.parse("0.07"));
        assertThat(second.join().clampedTo()).isNull();
        assertThat(refusal(() -> quota.ask(fixed(key, "0.11"))))
                .isInstanceOf(Refusal.QuotaSpent.class);
    }

    private static MeteredRequest fixed(Key key, String usd) {
        MeteredRequest request = order(key, body(0), null);
        return new MeteredRequest(
                key,
                "batches",
                Meter.BATCH,
                request.maxUsage(),
                request.prices(),
                request.body(),
                amount(usd));
    }

    private static HoldAmount amount(String usd) {
        return HoldAmount.of(Breakdown.ofLength(Usd.parse(usd)));
    }

    private static byte[] body(int bytes) {
        return "word ".repeat(bytes / 5).getBytes(StandardCharsets.UTF_8);
    }

    private static MeteredRequest order(Key key, byte[] body, @Nullable Long maxOutput) {
        RequestFacts facts =
                SampleFacts.chat("gpt-4o", body.length)
                        .output(maxOutput, 1)
                        .tier("default")
                        .facts();
        MaxUsage maxUsage = new MaxUsage(PRICE, facts, Map.of());
        return new MeteredRequest(key, "chat", Meter.CHAT, maxUsage, BOOK, body, null);
    }
}
