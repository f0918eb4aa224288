package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.key.ClientSecrets;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.key.KeyId;
import dev.oaiproxy.ledger.key.KeyRing;
import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallFilter;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.ledger.Deadline;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.StoreSettings;
import dev.oaiproxy.ledger.store.table.OwnedObjects;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.operation.Catalogue;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.proxy.deferred.DeferredCalls;
import dev.oaiproxy.proxy.quota.InputTokenCounter;
import dev.oaiproxy.proxy.quota.Quota;
import dev.oaiproxy.proxy.quota.QuotaPolicy;
import dev.oaiproxy.proxy.relay.call.RecordingSettings;
import dev.oaiproxy.proxy.relay.call.ResponseDrainer;
import dev.oaiproxy.proxy.relay.call.SettlementFactory;
import dev.oaiproxy.proxy.relay.exchange.ClientExchange;
import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.owner.Ownership;
import dev.oaiproxy.proxy.relay.plan.InputFiles;
import dev.oaiproxy.proxy.relay.plan.RequestDefaults;
import dev.oaiproxy.proxy.relay.plan.RequestPlanner;
import dev.oaiproxy.proxy.relay.socket.ResponsesSocketMeter;
import dev.oaiproxy.proxy.relay.socket.WebSocketRelay;
import dev.oaiproxy.proxy.storagebilling.StorageBilling;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A relay without a socket: a real ledger, a key with ten dollars, and a scripted OpenAI. */
public final class RelayFixture implements AutoCloseable {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Actor ADMIN = new Actor("admin", "test");

    private final Store store;
    private final ResponseDrainer responseDrainer =
            new ResponseDrainer(ResponseDrainer.Action.DRAIN, 8, Duration.ofMinutes(1), 1 << 20);
    private final ByteBudget memory = new ByteBudget(64 << 20);
    private final RequestPlanner requestPlanner;
    private final Quota quota;
    private final PriceBook prices = PriceBook.load(Checkout.file("config/prices.yaml"));
    private final SettlementFactory settlementFactory;
    private final Relay relay;
    private final Secret key;
    private long patience;
    private int keysRead;

    public RelayFixture(Path folder, Upstream openAi) {
        store =
                Store.open(
                        new StoreSettings(
                                folder.resolve("ledger.db"),
                                folder.resolve("spool"),
                                ZoneOffset.UTC),
                        CLOCK);
        QuotaPolicy quotaPolicy = new QuotaPolicy(4, 1024, Duration.ZERO);
        CallIds ids = new CallIds(CLOCK, 0);
        InputTokenCounter counts = new InputTokenCounter(openAi, memory);
        quota = new Quota(store.ledger(), ids, CLOCK, quotaPolicy, counts);
        Catalogue catalogue = Catalogue.bundled(Set.of("fine-tuning.allow"));
        StorageBilling storageBilling =
                new StorageBilling(
                        store.accruals(),
                        store.objects(),
                        store.keys()::of,
                        ids,
                        openAi,
                        () -> prices,
                        CLOCK);
        Ownership ownership = new Ownership(store.objects(), store.accruals(), storageBilling);
        requestPlanner =
                new RequestPlanner(
                        catalogue,
                        new KeyRing(this::readKey, CLOCK, new ClientSecrets("sk", CLOCK)),
                        () -> seen(prices),
                        CLOCK,
                        new RequestDefaults(4, RequestDefaults.UnsetTier.STANDARD),
                        ownership,
                        new InputFiles(openAi, quota::objection));
        RecordingSettings recordingSettings = new RecordingSettings(true, 1 << 20);
        settlementFactory =
                new SettlementFactory(
                        store.bodies(),
                        recordingSettings,
                        responseDrainer,
                        new DeferredCalls(store.deferred()));
        relay = new Relay(requestPlanner, quota, openAi, settlementFactory, PATIENCE);
        key = keyFor("bob");
    }

    private Optional<Key> readKey(KeyId id) {
        keysRead++;
        return store.keys().find(id);
    }

    /** The number of times that a key was read from the database. */
    int keysRead() {
        return keysRead;
    }

    private PriceBook seen(PriceBook prices) {
        patience = Deadline.spend(-1, millis -> millis);
        return prices;
    }

    /** The longest time that the database could delay the last caller; negative for no limit. */
    long patience() {
        return patience;
    }

    public Relay relay() {
        return relay;
    }

    /** The relay of WebSockets; no upstream WebSocket is opened before its first use. */
    public WebSocketRelay webSocketRelay(WebSocketClient webSocketClient) {
        return new WebSocketRelay(
                requestPlanner,
                quota,
                settlementFactory,
                () -> prices,
                CLOCK,
                webSocketClient,
                PATIENCE);
    }

    public Store store() {
        return store;
    }

    /** Makes another key with ten dollars. */
    public Secret keyFor(String user, String... models) {
        AccountLimits limits =
                new AccountLimits(Usd.parse("10"), QuotaPeriod.TOTAL, null, null, null);
        KeySettings terms = new KeySettings(user, "", List.of(models), null, limits);
        return store.keys().create(terms, ADMIN);
    }

    /** Records the owner of an object. */
    void give(Secret owner, ObjectKind kind, String id) {
        store.objects()
                .record(
                        List.of(new ObjectReference("id", kind, id)),
                        OwnedObjects.Owner.of(store.keys().find(owner.id()).orElseThrow()));
    }

    /** Records the owner of an object: the user of the default key. */
    void give(ObjectKind kind, String id) {
        give(key, kind, id);
    }

    boolean isOwned(String id) {
        return store.objects().ownerOf(id).isPresent();
    }

    boolean isPaidFor(String id) {
        return store.accruals().find(id).isPresent();
    }

    /**
     * Relays a call.
     *
     * @param request the method, the path and an optional query, such as {@code GET /files?limit=1}
     */
    BufferingClient call(Secret caller, String request, String body) {
        return call(caller, request, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Relays a call with a body of bytes, which are not copied. */
    BufferingClient call(Secret caller, String request, byte[] body) {
        return call(caller, request, Headers.NONE, body);
    }

    /** Relays a call with the caller's headers. */
    BufferingClient call(Secret caller, String request, Headers asked, byte[] body) {
        String[] parts = request.split("[ ?]", 3);
        BufferingClient bufferingClient = new BufferingClient();
        ProxyRequest proxyRequest =
                new ProxyRequest(
                        parts[0],
                        parts[1],
                        parts.length < 3 ? null : parts[2],
                        asked,
                        caller.reveal(),
                        ProxyRequest.Incoming.of(body),
                        memory.lease());
        try {
            relay.handle(proxyRequest, bufferingClient);
        } catch (ClientGoneException impossible) {
            throw new AssertionError(impossible);
        }
        return bufferingClient;
    }

    /** Relays a chat. */
    void chat(String more, ClientExchange client) throws ClientGoneException {
        chat(more, Headers.NONE, client);
    }

    /** Relays a chat with the client's headers. */
    void chat(String more, Headers asked, ClientExchange client) throws ClientGoneException {
        String body =
                """
                {"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]%s}\
                """
                        .formatted(more);
        relay.handle(
                new ProxyRequest(
                        "POST",
                        "/chat/completions",
                        null,
                        asked,
                        key.reveal(),
                        ProxyRequest.Incoming.of(body.getBytes(StandardCharsets.UTF_8)),
                        memory.lease()),
                client);
    }

    /** The meter of a WebSocket session of responses. */
    ResponsesSocketMeter responses() {
        ProxyRequest proxyRequest =
                new ProxyRequest(
                        "GET",
                        "/responses",
                        null,
                        Headers.NONE,
                        key.reveal(),
                        ProxyRequest.Incoming.of(new byte[0]),
                        memory.lease());
        return new ResponsesSocketMeter(
                requestPlanner,
                requestPlanner.planWebSocket(proxyRequest),
                quota,
                settlementFactory);
    }

    /** The calls that were charged more than their holds. */
    List<CallRow> aboveHold() {
        return store.calls().list(new CallFilter(null, null, null, null, true, null, 10));
    }

    CallRow onlyCall() {
        List<CallRow> rows =
                store.calls().list(new CallFilter(null, null, null, null, false, null, 10));
        if (rows.size() != 1) {
            throw new AssertionError("not one call: " + rows);
        }
        return rows.getFirst();
    }

    AccountBalance balance() {
        return balance(key);
    }

    AccountBalance balance(Secret owner) {
        return store.quotas().find("key:" + owner.id()).orElseThrow();
    }

    @Override
    public void close() {
        responseDrainer.close();
        store.close();
    }
}
