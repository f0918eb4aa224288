package dev.oaiproxy.proxy.storagebilling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.key.KeyId;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallFilter;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.StoreSettings;
import dev.oaiproxy.ledger.store.table.BilledResource;
import dev.oaiproxy.ledger.store.table.OwnedObjects;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.HttpUpstream;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import dev.oaiproxy.proxy.upstream.UpstreamSettings;
import dev.oaiproxy.sandbox.OpenAiStandIn;
import dev.oaiproxy.sandbox.StandInSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** A real store, the stand-in for OpenAI, and their common clock. */
final class StorageBillingFixture implements AutoCloseable {
    private static final Actor ADMIN = new Actor("admin", "test");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final AtomicReference<Instant> now =
            new AtomicReference<>(InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS));
    private final InstantSource clock = now::get;
    private final OpenAiStandIn openAi = OpenAiStandIn.start(StandInSettings.DEFAULT);
    private final Upstream upstream =
            new HttpUpstream(
                    new UpstreamSettings(
                            openAi.baseUrl(),
                            openAi.apiKey(),
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(20),
                            8));
    private final PriceBook prices = PriceBook.load(Checkout.file("config/prices.yaml"));
    private Store store;
    private CallIds ids;
    private StorageBilling storageBilling;

    /** True if OpenAI refuses deletions. */
    volatile boolean refusesDeletion;

    StorageBillingFixture(Path folder) {
        this.folder = folder;
        this.store = open();
        this.ids = new CallIds(clock, 0, store.calls().newest());
        this.storageBilling = billing();
    }

    private Store open() {
        return Store.open(
                new StoreSettings(
                        folder.resolve("test.db"), folder.resolve("spool"), ZoneOffset.UTC),
                clock);
    }

    /** Another instance on the same database, like a second process. */
    StorageBilling billing() {
        return new StorageBilling(
                store.accruals(),
                store.objects(),
                store.keys()::of,
                ids,
                new Upstream() {
                    @Override
                    public UpstreamResponse send(UpstreamRequest request) throws UpstreamException {
                        if (refusesDeletion && request.method().equals("DELETE")) {
                            throw new UpstreamException(
                                    UpstreamException.SendState.NOT_SENT,
                                    "played",
                                    new IOException("played"));
                        }
                        return upstream.send(request);
                    }

                    @Override
                    public void close() {}
                },
                () -> prices,
                clock);
    }

    void restart() {
        storageBilling.close();
        store.close();
        store = open();
        ids = new CallIds(clock, 0, store.calls().newest());
        storageBilling = billing();
    }

    Store store() {
        return store;
    }

    /** Pays for a call that uses a container. */
    void payUse(String container, Key key) throws UpstreamException {
        storageBilling.payUse(container, key);
    }

    void pass(Duration time) {
        now.updateAndGet(moment -> moment.plus(time));
        openAi.advance(time);
    }

    /** Lets time pass minute by minute, as in a live process. */
    void live(Duration time) throws InterruptedException {
        for (long minute = 0; minute < time.toMinutes(); minute++) {
            pass(Duration.ofMinutes(1));
            storageBilling.seeToDue();
        }
    }

    void see() throws InterruptedException {
        storageBilling.seeToDue();
    }

    Key key(String user, String usd) {
        AccountLimits limits =
                new AccountLimits(Usd.parse(usd), QuotaPeriod.TOTAL, null, null, null);
        KeyId id =
                store.keys().create(new KeySettings(user, "", List.of(), null, limits), ADMIN).id();
        return store.keys().find(id).orElseThrow();
    }

    void revoke(Key key) {
        store.keys().revoke(key.id(), ADMIN);
    }

    void grant(Key key, String usd) {
        AccountLimits limits =
                new AccountLimits(Usd.parse(usd), QuotaPeriod.TOTAL, null, null, null);
        store.quotas().change("key:" + key.id(), before -> limits, ADMIN);
    }

    /** A call in flight with this hold. */
    void hold(Key key, String usd) {
        HoldRequest order =
                new HoldRequest(
                        ids.next(),
                        key,
                        "batches",
                        "gpt-4o",
                        Usd.parse(usd),
                        0,
                        clock.instant(),
                        "v");
        if (!(store.ledger().admit(order) instanceof Admission.Granted)) {
            throw new AssertionError("not granted: " + usd);
        }
    }

    AccountBalance balance(Key key) {
        return store.quotas().find("key:" + key.id()).orElseThrow();
    }

    String spent(Key key) {
        return balance(key).spent().toString();
    }

    List<CallRow> calls() {
        return store.calls().list(new CallFilter(null, null, null, null, false, null, 1000));
    }

    /** A user's vector store with a file of this many bytes. */
    String vectorStore(Key owner, int bytes) {
        String file = file(bytes);
        String id =
                json("POST", "/vector_stores", "{\"file_ids\":[\"" + file + "\"]}", 200)
                        .path("id")
                        .asText();
        return recorded(owner, ObjectKind.VECTOR_STORE, id);
    }

    /** Adds a file of this many bytes, like a call through the proxy. */
    void add(String vectorStore, int bytes) {
        String path = "/vector_stores/" + vectorStore + "/files";
        json("POST", path, "{\"file_id\":\"" + file(bytes) + "\"}", 200);
        store.accruals().hasten(vectorStore);
    }

    /** A user's container whose first session has been paid with its creation. */
    String container(Key owner, String memory) {
        String order = "{\"name\":\"x\",\"memory_limit\":\"" + memory + "\"}";
        String id = json("POST", "/containers", order, 200).path("id").asText();
        return recorded(owner, ObjectKind.CONTAINER, id);
    }

    /** The object in OpenAI's list; a request by its id would count as use. */
    JsonNode listed(String path, String id) {
        for (JsonNode one : json("GET", path + "?limit=100", "", 200).path("data")) {
            if (one.path("id").asText().equals(id)) {
                return one;
            }
        }
        return JSON.missingNode();
    }

    boolean isKept(String id) {
        return store.accruals().find(id).isPresent();
    }

    BilledResource kept(String id) {
        return store.accruals().find(id).orElseThrow();
    }

    private String recorded(Key owner, ObjectKind kind, String id) {
        store.objects()
                .record(List.of(new ObjectReference("id", kind, id)), OwnedObjects.Owner.of(owner));
        return id;
    }

    private String file(int bytes) {
        String boundary = "x-x-x";
        String body =
                """
                --%1$s\r
                Content-Disposition: form-data; name="purpose"\r
                \r
                assistants\r
                --%1$s\r
                Content-Disposition: form-data; name="file"; filename="a.txt"\r
                \r
                %2$s\r
                --%1$s--\r
                """
                        .formatted(boundary, "x".repeat(bytes));
        Headers form = Headers.of("content-type", "multipart/form-data; boundary=" + boundary);
        return send(new UpstreamRequest("POST", "/files", form, utf8(body)), 200)
                .path("id")
                .asText();
    }

    JsonNode json(String method, String path, String body, int status) {
        Headers type = Headers.of("content-type", "application/json");
        return send(new UpstreamRequest(method, path, type, utf8(body)), status);
    }

    private JsonNode send(UpstreamRequest request, int status) {
        try (UpstreamResponse response = upstream.send(request)) {
            byte[] json = response.body().readAllBytes();
            if (response.status() != status) {
                throw new AssertionError(
                        response.status() + " " + new String(json, StandardCharsets.UTF_8));
            }
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        storageBilling.close();
        upstream.close();
        openAi.close();
        store.close();
    }
}
