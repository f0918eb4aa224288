package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.key.KeyId;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.StoreSettings;
import dev.oaiproxy.ledger.store.table.OwnedObjects;
import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A real store with one held call, a clock that stands still, and a scripted OpenAI. */
final class DeferredFixture implements AutoCloseable {
    static final SettlementTerms TERMS =
            new SettlementTerms(
                    null,
                    new ResponseTerms(
                            false, true, null, "tool:web_search", "tool:container:1g", null));

    /** The price book version that admitted the calls; it is no longer current. */
    static final String ADMITTED_BY = "before";

    private static final Actor ADMIN = new Actor("admin", "test");

    private final Path folder;
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
    private final InstantSource clock = now::get;
    private final AtomicInteger asked = new AtomicInteger();
    private final PriceBook prices = PriceBook.load(Checkout.file("config/prices.yaml"));
    private Store store;

    /**
     * The status and the text of every response; 0 for no connection, negative for a programming
     * error.
     */
    volatile int status = 200;

    volatile String text = "{\"id\":\"resp_1\",\"status\":\"in_progress\",\"usage\":null}";

    /** The files at OpenAI, by their paths. */
    final Map<String, String> files = new ConcurrentHashMap<>();

    DeferredFixture(Path folder) {
        this.folder = folder;
        this.store = open();
    }

    private Store open() {
        return Store.open(
                new StoreSettings(
                        folder.resolve("test.db"), folder.resolve("spool"), ZoneOffset.UTC),
                clock);
    }

    /** Simulates a restart of the process. */
    void restart() {
        store.close();
        store = open();
    }

    Store store() {
        return store;
    }

    /** The number of requests to OpenAI. */
    int asked() {
        return asked.get();
    }

    void pass(Duration time) {
        now.updateAndGet(moment -> moment.plus(time));
    }

    /** A call with a hold of a dollar. */
    CallId held() {
        KeySettings terms = new KeySettings("bob", "", List.of(), null, AccountLimits.NONE);
        Key key = store.keys().find(store.keys().create(terms, ADMIN).id()).orElseThrow();
        CallId id = new CallIds(clock, 0, store.calls().newest()).next();
        store.ledger()
                .admit(
                        new HoldRequest(
                                id,
                                key,
                                "responses",
                                "gpt-4o",
                                Usd.parse("1"),
                                0,
                                clock.instant(),
                                ADMITTED_BY));
        return id;
    }

    /** A call with a deferred settlement for this id. */
    CallId deferred(String id) {
        return deferred(id, TERMS);
    }

    CallId deferred(String id, SettlementTerms settlementTerms) {
        CallId call = held();
        boolean taken =
                new DeferredCalls(store.deferred())
                        .add(call, PendingSettlements.SettlementKind.RESPONSE, id, settlementTerms);
        if (!taken) {
            throw new AssertionError("not taken over: " + id);
        }
        return call;
    }

    /** A batch of chats with a deferred settlement for this id. */
    CallId deferredBatch(String id) {
        CallId call = held();
        SettlementTerms settlementTerms =
                new SettlementTerms("/v1/chat/completions", TERMS.response());
        if (!new DeferredCalls(store.deferred())
                .add(call, PendingSettlements.SettlementKind.BATCH, id, settlementTerms)) {
            throw new AssertionError("not taken over: " + id);
        }
        return call;
    }

    /** Records that the user of a call owns an object. */
    void learns(CallId of, ObjectReference object) {
        Key key = store.keys().find(new KeyId(row(of).keyId())).orElseThrow();
        store.objects().record(List.of(object), OwnedObjects.Owner.of(key));
    }

    DeferredSettler settler() {
        return new DeferredSettler(
                store.deferred(),
                store.ledger(),
                store.objects(),
                store.accruals(),
                played(),
                () -> prices,
                clock);
    }

    /** The time from now for which a container is paid. */
    Duration paidFor(String container) {
        Instant until = store.accruals().find(container).orElseThrow().paidUntil();
        return Duration.between(clock.instant(), until);
    }

    String pricesInForce() {
        return prices.version();
    }

    CallRow row(CallId id) {
        return store.calls().find(id).orElseThrow();
    }

    private Upstream played() {
        return new Upstream() {
            @Override
            public UpstreamResponse send(UpstreamRequest request) throws UpstreamException {
                asked.incrementAndGet();
                if (status < 0) {
                    throw new IllegalStateException("a mistake of ours");
                }
                if (status == 0) {
                    throw new UpstreamException(
                            UpstreamException.SendState.NOT_SENT,
                            "played",
                            new IOException("played"));
                }
                String path = request.pathAndQuery();
                String file = files.get(path);
                boolean missing = file == null && path.startsWith("/files/");
                return new Played(
                        missing ? 404 : status,
                        (file == null ? text : file).getBytes(StandardCharsets.UTF_8));
            }

            @Override
            public void close() {}
        };
    }

    private static final class Played implements UpstreamResponse {
        private final int status;
        private final byte[] body;
        private int told;

        Played(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }

        @Override
        public int status() {
            return status;
        }

        @Override
        public Headers headers() {
            return Headers.NONE;
        }

        @Override
        public int read(byte[] buffer) {
            int count = Math.min(buffer.length, body.length - told);
            System.arraycopy(body, told, buffer, 0, count);
            told += count;
            return count == 0 ? -1 : count;
        }

        @Override
        public void close() {}
    }

    @Override
    public void close() {
        store.close();
    }
}
