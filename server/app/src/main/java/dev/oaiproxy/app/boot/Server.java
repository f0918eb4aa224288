package dev.oaiproxy.app.boot;

import dev.oaiproxy.api.EnvFile;
import dev.oaiproxy.app.admin.AdminRoutes;
import dev.oaiproxy.app.admin.MetricsHandler;
import dev.oaiproxy.app.admin.SetupHandler;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.config.Setting;
import dev.oaiproxy.app.tls.Certificates;
import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.metrics.Metric;
import dev.oaiproxy.base.metrics.Metrics;
import dev.oaiproxy.base.schedule.PeriodicTask;
import dev.oaiproxy.proxy.connection.ClientConnections;
import dev.oaiproxy.proxy.connection.ConnectionLimits;
import dev.oaiproxy.proxy.connection.CutReason;
import dev.oaiproxy.proxy.connection.TrustedProxies;
import dev.oaiproxy.proxy.log.LimitedLog;
import dev.oaiproxy.proxy.log.LogFormat;
import dev.oaiproxy.proxy.log.LogSetup;
import dev.oaiproxy.proxy.log.RefusalLog;
import dev.oaiproxy.proxy.openai.CorsOrigins;
import dev.oaiproxy.proxy.openai.OpenAiRoutes;
import dev.oaiproxy.proxy.openai.RefusalErrors;
import dev.oaiproxy.proxy.openai.WebSocketUpgrade;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A server. Its listener is up from the start; the installation behind it opens at the start, or
 * when the first set-up is done.
 */
public final class Server implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Server.class.getName());
    private static final Duration CERTIFICATES_EVERY = Duration.ofSeconds(5);
    private static final Duration LOG_EVERY = Duration.ofSeconds(1);

    private final Path distribution;
    private final Map<String, String> environment;
    private final Map<String, String> commandLine;
    private final InstantSource clock;
    private final ServerConfig config;
    private final AtomicReference<Optional<Wiring>> wiring =
            new AtomicReference<>(Optional.empty());
    private final Metrics metrics = new Metrics();
    private final LimitedLog limited;
    private final PeriodicTask logging;
    private final ByteBudget memory;
    private final ClientConnections connections;
    private final Optional<Certificates> certificates;
    private final WebServer listener;
    private final Supervisor supervisor;

    /**
     * Starts a server.
     *
     * @param distribution the folder of the program
     * @param environment the variables of the process
     * @param commandLine settings by their path
     * @throws ConfigException when a setting is wrong
     */
    public Server(
            Path distribution,
            Map<String, String> environment,
            Map<String, String> commandLine,
            InstantSource clock) {
        this.distribution = distribution;
        this.environment = environment;
        this.commandLine = commandLine;
        this.clock = clock;
        this.config = configWith(Map.of());
        this.memory = new ByteBudget(config.memory());
        this.certificates = config.certificate().map(Certificates::open);
        ConnectionLimits limits = Listener.limits(config);
        TrustedProxies proxies = Listener.proxies(config);
        LogFormat format = config.choice(Setting.LOG_FORMAT, LogFormat.class);
        this.limited = new LimitedLog(clock);
        LogSetup.install(format, limited);
        this.connections = new ClientConnections(limits, proxies, limited);
        this.logging = PeriodicTask.start("log", LOG_EVERY, limited::flush);
        show(metrics);
        try {
            if (config.isSetUp()) {
                open(config);
            }
            this.listener = Listener.start(config, doors(), certificates);
            this.supervisor = supervisor();
        } catch (RuntimeException e) {
            wiring.get().ifPresent(Wiring::close);
            closeCommon();
            throw e;
        }
        certificates.ifPresent(taken -> taken.follow(CERTIFICATES_EVERY));
        StartWarnings.log(config);
    }

    /** Shows Prometheus the counts that exist without an installation. */
    private void show(Metrics shown) {
        shown.watch(Metric.BYTES, memory::used);
        shown.watch(Metric.BYTES_LIMIT, memory::limit);
        for (ByteBudget.Use use : ByteBudget.Use.values()) {
            shown.show(Metric.BYTES_REFUSED, List.of(use.label()), () -> memory.refusals(use));
        }
        shown.show(Metric.LOG_LINES_DROPPED, List.of(), LogSetup::droppedLines);
        shown.watch(Metric.CONNECTIONS, connections::size);
        for (CutReason reason : CutReason.values()) {
            shown.show(
                    Metric.CONNECTIONS_CUT,
                    List.of(reason.label()),
                    () -> connections.cuts(reason));
        }
    }

    private Listener.Doors doors() {
        CorsOrigins origins = Listener.origins(config);
        RefusalLog refusalLog = new RefusalLog(limited, metrics::refused);
        RefusalErrors refusalErrors =
                new RefusalErrors(refusalLog, config.baseUrl(), config.contact());
        OpenAiRoutes users =
                new OpenAiRoutes(
                        () -> wiring.get().map(Wiring::users),
                        config.number(Setting.MAX_BODY),
                        memory,
                        refusalErrors);
        MetricsHandler.MetricsAccess access =
                config.choice(Setting.METRICS_ACCESS, MetricsHandler.MetricsAccess.class);
        AdminRoutes operators =
                new AdminRoutes(
                        () -> wiring.get().map(Wiring::operators),
                        new SetupHandler(new FirstSetup(this)::run),
                        new MetricsHandler(metrics, access),
                        memory,
                        refusalLog);
        WebSocketUpgrade sockets =
                new WebSocketUpgrade(
                        () -> wiring.get().map(Wiring::users), memory, refusalErrors, origins);
        return new Listener.Doors(
                operators, users, sockets, connections, refusalLog, origins, this::isReady);
    }

    private Supervisor supervisor() {
        try {
            return Supervisor.of(config.text(Setting.HOST), listener.port());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the listener knew that host", e);
        }
    }

    public ByteBudget memory() {
        return memory;
    }

    public int port() {
        return listener.port();
    }

    /** True when the server speaks HTTPS only. */
    boolean isEncrypted() {
        return certificates.isPresent();
    }

    /** Reads the certificate and the price book again, which may change while the server runs. */
    public void reload() {
        LOG.log(
                Level.INFO,
                "event=reload prices=\"{0}\" certificate=\"{1}\"",
                wiring.get().map(Wiring::reload).orElse("none, the server is not set up"),
                certificates.map(Certificates::reload).orElse("none"));
    }

    /** True when the server takes calls; false while it waits to be set up. */
    public boolean isOpen() {
        return wiring.get().isPresent();
    }

    /** The settings, with some variables set on top. */
    ServerConfig configWith(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(variables);
        return SettingCheck.require(ServerConfig.load(distribution, all, commandLine));
    }

    /** Puts an installation behind the listener. */
    private void open(ServerConfig complete) {
        wiring.set(Optional.of(Wiring.of(complete, clock, memory, metrics)));
    }

    /**
     * Puts an installation behind the listener once its settings are written. A failure leaves
     * nothing open.
     */
    Wiring open(ServerConfig complete, EnvFile settings) throws IOException {
        Wiring opened = Wiring.of(complete, clock, memory, metrics);
        try {
            settings.write(complete.envFile());
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        wiring.set(Optional.of(opened));
        return opened;
    }

    /** Takes no new calls, lets those in flight end within the grace, then closes the ledger. */
    @Override
    public void close() {
        LOG.log(Level.INFO, "event=stopping");
        supervisor.close();
        listener.stop();
        wiring.get().ifPresent(this::close);
        LOG.log(Level.INFO, "event=stopped");
        closeCommon();
    }

    private void closeCommon() {
        connections.close();
        certificates.ifPresent(Certificates::close);
        logging.close();
        limited.close();
        metrics.close();
    }

    private void close(Wiring installation) {
        try {
            installation.drain(config.duration(Setting.GRACE));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        installation.close();
    }

    private boolean isReady() {
        return wiring.get().map(Wiring::isReady).orElse(false);
    }
}
