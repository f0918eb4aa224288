package dev.oaiproxy.app.boot;

import dev.oaiproxy.api.AdminApi.Status;
import dev.oaiproxy.app.admin.AdminHandlers;
import dev.oaiproxy.app.cluster.NodeConsistency;
import dev.oaiproxy.app.cluster.SettingsFingerprint;
import dev.oaiproxy.app.config.DatabaseSettings;
import dev.oaiproxy.app.config.ProxySettings;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.config.Setting;
import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.metrics.Metric;
import dev.oaiproxy.base.metrics.Metrics;
import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.key.ClientSecrets;
import dev.oaiproxy.ledger.key.KeyRing;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.ledger.Deadline;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.StoreSettings;
import dev.oaiproxy.ledger.store.node.NodeDescription;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.table.AdminEvents;
import dev.oaiproxy.ledger.store.table.Retention;
import dev.oaiproxy.metering.operation.Catalogue;
import dev.oaiproxy.metering.price.book.Prices;
import dev.oaiproxy.metering.price.book.Processing;
import dev.oaiproxy.metering.price.book.RegionalUplift;
import dev.oaiproxy.metering.price.book.ToolTokens;
import dev.oaiproxy.proxy.deferred.DeferredCalls;
import dev.oaiproxy.proxy.deferred.DeferredSettler;
import dev.oaiproxy.proxy.openai.MeHandler;
import dev.oaiproxy.proxy.openai.OpenAiRoutes;
import dev.oaiproxy.proxy.quota.InputTokenCounter;
import dev.oaiproxy.proxy.quota.Quota;
import dev.oaiproxy.proxy.quota.QuotaPolicy;
import dev.oaiproxy.proxy.relay.Relay;
import dev.oaiproxy.proxy.relay.call.RecordingSettings;
import dev.oaiproxy.proxy.relay.call.ResponseDrainer;
import dev.oaiproxy.proxy.relay.call.SettlementFactory;
import dev.oaiproxy.proxy.relay.owner.Ownership;
import dev.oaiproxy.proxy.relay.plan.InputFiles;
import dev.oaiproxy.proxy.relay.plan.RequestDefaults;
import dev.oaiproxy.proxy.relay.plan.RequestPlanner;
import dev.oaiproxy.proxy.relay.socket.WebSocketRelay;
import dev.oaiproxy.proxy.storagebilling.StorageBilling;
import dev.oaiproxy.proxy.upstream.HttpUpstream;
import dev.oaiproxy.proxy.upstream.OpenAiClient;
import dev.oaiproxy.proxy.upstream.TimedUpstream;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamSettings;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes everything that lives as long as an installation runs, in the order in which a call meets
 * it.
 */
final class Wiring implements AutoCloseable {
    private static final Duration PRICES_EVERY = Duration.ofSeconds(3);
    private static final Duration METRICS_PATIENCE = Duration.ofSeconds(1);

    private final ServerConfig config;
    private final InstantSource clock;
    private final Instant startedAt;
    private final Store store;
    private final Prices prices;
    private final CallIds ids;
    private final KeyRing keys;
    private final Quota quota;
    private final Upstream upstream;
    private final Upstream openAiClient;
    private final WebSocketClient webSocketClient;
    private final ResponseDrainer responseDrainer;
    private final DeferredSettler deferredSettler;
    private final StorageBilling storageBilling;
    private final Retention retention;
    private final OpenAiRoutes.Service users;
    private final AdminHandlers operators;

    /**
     * Makes everything. A wrong setting leaves nothing open.
     *
     * @param machine the machine's clock; the database may have another one
     * @param memory the budget of bytes that all clients share
     */
    static Wiring of(
            ServerConfig config, InstantSource machine, ByteBudget memory, Metrics metrics) {
        Prices prices = Prices.open(prices(config), machine);
        NodeDescription nodeDescription =
                new NodeDescription(
                        Version.TEXT,
                        SettingsFingerprint.marks(config),
                        () -> prices.current().version());
        StoreSettings settings =
                new StoreSettings(
                        DatabaseSettings.of(config),
                        config.spool(),
                        config.zone(),
                        nodeDescription,
                        metrics);
        Store store = Store.open(settings, machine, config.duration(Setting.NODE_TIMEOUT));
        try {
            if (config.choice(Setting.LEDGER_CLOCK, ClockCheck.Action.class)
                    == ClockCheck.Action.CHECK) {
                ClockCheck.require(store.clock().instant(), store.ids().newest());
            }
            return new Wiring(config, prices, store, memory, metrics);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private Wiring(
            ServerConfig config, Prices prices, Store store, ByteBudget memory, Metrics metrics) {
        this.config = config;
        this.store = store;
        this.clock = store.clock();
        this.startedAt = clock.instant();
        this.prices = prices;
        this.ids = store.ids();
        this.keys =
                new KeyRing(
                        store.keys()::find,
                        clock,
                        new ClientSecrets(config.text(Setting.OPENAI_API_KEY), clock));
        HttpUpstream http = new HttpUpstream(upstream(config));
        this.upstream = new TimedUpstream(http, metrics);
        this.openAiClient = new TimedUpstream(new OpenAiClient(http), metrics);
        this.quota =
                new Quota(
                        store.ledger(),
                        ids,
                        clock,
                        policy(config),
                        new InputTokenCounter(openAiClient, memory));
        this.responseDrainer =
                new ResponseDrainer(
                        config.choice(Setting.ON_DISCONNECT, ResponseDrainer.Action.class),
                        config.number(Setting.DRAIN_CALLS),
                        config.duration(Setting.DRAIN_TIME),
                        config.number(Setting.DRAIN_BYTES));
        this.deferredSettler = deferredSettler();
        this.storageBilling = storageBilling();
        this.retention =
                store.retention(
                        config.duration(Setting.TRACKING_KEEP),
                        config.duration(Setting.LEDGER_KEEP));
        this.webSocketClient = new WebSocketClient(upstream(config));
        RequestPlanner requestPlanner = requestPlanner();
        Duration patience = config.time(Setting.DB_PATIENCE);
        SettlementFactory settlementFactory = settlementFactory();
        this.users =
                new OpenAiRoutes.Service(
                        new Relay(requestPlanner, quota, upstream, settlementFactory, patience),
                        webSockets(requestPlanner, settlementFactory, patience),
                        meHandler());
        this.operators = adminHandlers();
        show(metrics);
        prices.follow(PRICES_EVERY);
        deferredSettler.start();
        storageBilling.start();
        retention.start();
    }

    private WebSocketRelay webSockets(
            RequestPlanner requestPlanner, SettlementFactory settlementFactory, Duration patience) {
        return new WebSocketRelay(
                requestPlanner,
                quota,
                settlementFactory,
                prices::current,
                clock,
                webSocketClient,
                patience);
    }

    /** Shows the counts that other objects keep. */
    private void show(Metrics metrics) {
        metrics.nameModels(model -> prices.current().names().contains(model));
        metrics.watch(Metric.HELD, this::held);
        metrics.watch(Metric.IN_FLIGHT, quota::inFlight);
        metrics.watch(Metric.WRITER_QUEUE, store::queued);
        metrics.watch(Metric.SPOOL, store::spooled);
        metrics.show(Metric.CLAMPED, List.of(), quota::clamped);
        for (ResponseDrainer.End end : ResponseDrainer.End.values()) {
            List<String> label = List.of(end.name().toLowerCase(Locale.ROOT));
            metrics.show(Metric.DRAINED, label, () -> responseDrainer.count(end));
        }
    }

    private @Nullable Number held() {
        try {
            return Metrics.dollars(
                    Deadline.within(METRICS_PATIENCE, () -> store.quotas().find("everyone"))
                            .orElseThrow()
                            .held()
                            .nanos());
        } catch (StoreException unreadable) {
            return null;
        }
    }

    OpenAiRoutes.Service users() {
        return users;
    }

    AdminHandlers operators() {
        return operators;
    }

    /** Adds the first set-up to the admin events, with its origin and its settings. */
    void noteSetup(Collection<String> variables) {
        store.trail()
                .add(
                        clock.instant(),
                        new Actor(config.text(Setting.PROXY_SERVER_USER), "loopback"),
                        new AdminEvents.Event("setup", ".env", "", String.join(", ", variables)));
    }

    boolean isReady() {
        return store.isReady();
    }

    /** Reads a changed price book now; returns the result as a text. */
    String reload() {
        return prices.reload();
    }

    /** Waits until the calls in flight have ended, or the time is over. */
    void drain(Duration most) throws InterruptedException {
        quota.awaitIdle(most);
    }

    @Override
    public void close() {
        prices.close();
        responseDrainer.close();
        deferredSettler.close();
        storageBilling.close();
        retention.close();
        webSocketClient.close();
        upstream.close();
        store.close();
    }

    static QuotaPolicy policy(ServerConfig config) {
        return new QuotaPolicy(
                config.number(Setting.SHARE),
                config.number(Setting.FLOOR),
                config.duration(Setting.WAIT));
    }

    static Prices.Settings prices(ServerConfig config) {
        boolean regional =
                config.choice(Setting.UPLIFT, RegionalUplift.class)
                        .appliesTo(config.uri(Setting.OPENAI_BASE_URL));
        return new Prices.Settings(
                config.prices(),
                regional ? Processing.REGIONAL : Processing.GLOBAL,
                config.choice(Setting.TOOLS, ToolTokens.Held.class),
                config.number(Setting.LARGEST_JUMP));
    }

    static UpstreamSettings upstream(ServerConfig config) {
        return new UpstreamSettings(
                config.uri(Setting.OPENAI_BASE_URL),
                config.text(Setting.OPENAI_API_KEY),
                config.duration(Setting.OPENAI_CONNECT_TIMEOUT),
                config.duration(Setting.OPENAI_READ_TIMEOUT),
                config.number(Setting.OPENAI_MAX_CONNECTIONS),
                ProxySettings.of(config).orElse(null));
    }

    private static Catalogue catalogue(ServerConfig config) {
        boolean fineTuning = config.flag(Setting.FINE_TUNING);
        return Catalogue.bundled(fineTuning ? Set.of(Setting.FINE_TUNING.path()) : Set.of());
    }

    private RequestPlanner requestPlanner() {
        return new RequestPlanner(
                catalogue(config),
                keys,
                prices::current,
                clock,
                new RequestDefaults(
                        config.number(Setting.TOOL_CALLS),
                        config.choice(Setting.SERVICE_TIER, RequestDefaults.UnsetTier.class)),
                new Ownership(store.objects(), store.accruals(), storageBilling),
                new InputFiles(openAiClient, quota::objection));
    }

    private DeferredSettler deferredSettler() {
        return new DeferredSettler(
                store.deferred(),
                store.ledger(),
                store.objects(),
                store.accruals(),
                openAiClient,
                prices::current,
                clock);
    }

    private StorageBilling storageBilling() {
        return new StorageBilling(
                store.accruals(),
                store.objects(),
                store.keys()::of,
                ids,
                openAiClient,
                prices::current,
                clock);
    }

    private SettlementFactory settlementFactory() {
        RecordingSettings recordingSettings =
                new RecordingSettings(
                        config.flag(Setting.TRACKING), config.number(Setting.TRACKING_BYTES));
        return new SettlementFactory(
                store.bodies(),
                recordingSettings,
                responseDrainer,
                new DeferredCalls(store.deferred()));
    }

    private MeHandler meHandler() {
        return new MeHandler(
                keys, store.quotas(), store.usage(), store.calls(), clock, config.baseUrl());
    }

    private AdminHandlers adminHandlers() {
        return new AdminHandlers(
                new AdminHandlers.Login(
                        config.text(Setting.PROXY_SERVER_USER),
                        config.text(Setting.PROXY_SERVER_PASS)),
                config.baseUrl(),
                store,
                prices,
                clock,
                this::status);
    }

    private String state() {
        String ready = store.isReady() ? "ready" : "database unavailable";
        String trouble =
                Stream.of(store.trouble(), Supervisor.overdue())
                        .flatMap(Optional::stream)
                        .collect(Collectors.joining("; "));
        return trouble.isEmpty() ? ready : ready + ": " + trouble;
    }

    private Status status() {
        AccountBalance everyone = store.quotas().find("everyone").orElseThrow();
        NodeConsistency nodeConsistency = new NodeConsistency(store.nodes(), config);
        return new Status(
                Version.TEXT,
                state(),
                startedAt.toString(),
                DatabaseSettings.of(config).toString(),
                config.text(Setting.OPENAI_BASE_URL),
                prices.current().version(),
                prices.refusal().orElse(null),
                quota.inFlight(),
                store.keys().list(null).stream().filter(key -> !key.revoked()).count(),
                store.keys().users().size(),
                everyone.spent().toString(),
                everyone.held().toString(),
                store.node(),
                nodeConsistency.told(),
                nodeConsistency.differences().orElse(null));
    }
}
