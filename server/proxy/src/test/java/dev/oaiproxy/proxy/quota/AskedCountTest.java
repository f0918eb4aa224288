package dev.oaiproxy.proxy.quota;

import static dev.oaiproxy.proxy.relay.exchange.CaughtRefusal.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.ledger.KeySettings;
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
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI counts the input only of calls that could be admitted. */
@Tag("database")
final class AskedCountTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOON);
    private static final PriceBook BOOK = PriceBook.load(Checkout.file("config/prices.yaml"));
    private static final ModelPrice PRICE = BOOK.find("gpt-4o", NOON).orElseThrow();
    private static final Actor ADMIN = new Actor("admin", "test");

    private static final String FILE =
            "{'type':'input_file','filename':'a.pdf',"
                    + "'file_data':'data:application/pdf;base64,JVBERi0xLjQK'}";
    private static final String TEXT = "{'type':'input_text','text':'hi'}";

    @TempDir private Path folder;
    private final List<String> asked = new ArrayList<>();
    private Store store;
    private Quota quota;

    @BeforeEach
    void open() {
        store =
                Store.open(
                        new StoreSettings(
                                folder.resolve("test.db"), folder.resolve("spool"), ZoneOffset.UTC),
                        CLOCK);
        quota =
                new Quota(
                        store.ledger(),
                        new CallIds(CLOCK, 0),
                        CLOCK,
                        new QuotaPolicy(4, 1_024, Duration.ZERO),
                        new InputTokenCounter(new Recording(asked), new ByteBudget(64 << 20)));
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** An OpenAI that cannot be reached; records the requests. */
    private record Recording(List<String> asked) implements Upstream {
        @Override
        public UpstreamResponse send(UpstreamRequest request) throws UpstreamException {
            asked.add(request.method() + " " + request.pathAndQuery());
            return new SilentUpstream().send(request);
        }

        @Override
        public void close() {}
    }

    private Key key(String usd, @Nullable Long requestsPerMinute, @Nullable Long parallel) {
        AccountLimits limits =
                new AccountLimits(
                        Usd.parse(usd), QuotaPeriod.TOTAL, requestsPerMinute, null, parallel);
        KeySettings terms = new KeySettings("alice", "", List.of(), null, limits);
        return store.keys().find(store.keys().create(terms, ADMIN).id()).orElseThrow();
    }

    private static MeteredRequest withFile(Key key) {
        return response(key, "'store':false", FILE);
    }

    /** Earlier context is counted only if the model's whole window does not fit. */
    private static MeteredRequest later(Key key) {
        return response(key, "'previous_response_id':'resp_1'", TEXT);
    }

    private static MeteredRequest text(Key key) {
        return response(key, "'store':false", TEXT);
    }

    private static MeteredRequest response(Key key, String member, String part) {
        byte[] body =
                ("{'model':'gpt-4o','service_tier':'default',"
                                + member
                                + ",'input':[{'role':'user','content':["
                                + part
                                + "]}]}")
                        .replace('\'', '"')
                        .getBytes(StandardCharsets.UTF_8);
        RequestFacts facts =
                ((ScanResult.Facts) RequestScanner.scanJson(Meter.RESPONSE, body)).facts();
        MaxUsage maxUsage = new MaxUsage(PRICE, facts.withMaxOutputTokens(10), Map.of());
        return new MeteredRequest(key, "responses", Meter.RESPONSE, maxUsage, BOOK, body, null);
    }

    /** Reduces the free balance to the hold of one call. */
    private Hold drained(Key key) {
        HoldAmount all = HoldAmount.of(Breakdown.ofLength(Usd.parse("0.000001")));
        return quota.ask(text(key), all).hold();
    }

    @Test
    void whoHasMoneyHasAFileCountedOnce() {
        assertThat(quota.ask(withFile(key("10", null, null)))).isNotNull();
        assertThat(asked).containsExactly("POST /responses/input_tokens");
    }

    @Test
    void whoHasTooLittleHasAFileCountedOnce() {
        assertThat(refusal(() -> quota.ask(withFile(key("0.000001", null, null)))))
                .isInstanceOf(Refusal.QuotaSpent.class);
        assertThat(asked).containsExactly("POST /responses/input_tokens");
    }

    @Test
    void whoHasNothingLeftIsRefusedAtOnce() {
        Key key = key("0", null, null);
        assertThat(refusal(() -> quota.ask(withFile(key))))
                .isInstanceOfSatisfying(
                        Refusal.QuotaSpent.class,
                        spent -> assertThat(spent.least()).isEqualTo(Usd.ZERO));
        assertThat(refusal(() -> quota.ask(later(key)))).isInstanceOf(Refusal.QuotaSpent.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void whoIsOverARateIsRefusedAtOnce() {
        Key often = key("10", 1L, null);
        Key many = key("10", null, 1L);
        for (Key key : List.of(often, many)) {
            assertThat(quota.ask(text(key))).isNotNull();
            assertThat(refused(() -> quota.ask(withFile(key))))
                    .isInstanceOf(Admission.OverRate.class);
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void whoHasTooLittleHasALaterAnswerCountedOnce() {
        assertThat(refusal(() -> quota.ask(later(key("0.000001", null, null)))))
                .isInstanceOf(Refusal.QuotaSpent.class);
        assertThat(asked).containsExactly("POST /responses/input_tokens");
    }

    @Test
    void aRateIsLookedAtThoughTheQuotaDoesNotSuffice() {
        Key key = key("0.000002", 1L, null);
        drained(key).release("test", 0);
        assertThat(refused(() -> quota.ask(later(key)))).isInstanceOf(Admission.OverRate.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void aRevokedKeyIsRefusedAtOnce() {
        Key key = key("10", null, null);
        store.keys().revoke(key.id(), ADMIN);
        assertThat(refused(() -> quota.ask(withFile(key)))).isInstanceOf(Admission.Inactive.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void whoseMoneyIsHeldMayStillGetIt() {
        Key key = key("0.000001", null, null);
        Hold hold = drained(key);
        assertThat(quota.objection(key).orElseThrow()).isInstanceOf(Refusal.QuotaHeld.class);
        hold.release("test", 0);
        assertThat(quota.objection(key)).isEmpty();
    }

    private static Admission.Refused refused(ThrowingCallable asking) {
        Refusal refusal = refusal(asking);
        assertThat(refusal).isInstanceOf(Refusal.NotAdmitted.class);
        return ((Refusal.NotAdmitted) refusal).why();
    }
}
