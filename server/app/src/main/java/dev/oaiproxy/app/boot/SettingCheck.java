package dev.oaiproxy.app.boot;

import dev.oaiproxy.app.admin.MetricsHandler;
import dev.oaiproxy.app.config.ConfigException;
import dev.oaiproxy.app.config.DatabaseSettings;
import dev.oaiproxy.app.config.ProxySettings;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.config.Setting;
import dev.oaiproxy.metering.price.book.RegionalUplift;
import dev.oaiproxy.metering.price.book.ToolTokens;
import dev.oaiproxy.proxy.log.LogFormat;
import dev.oaiproxy.proxy.relay.call.ResponseDrainer;
import dev.oaiproxy.proxy.relay.plan.RequestDefaults;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Checks the values of settings, one by one and together. */
public final class SettingCheck {

    /** The process that checks may have another heap than the server. */
    private static final long ANY_HEAP = 1L << 50;

    private final ServerConfig config;
    private final Set<String> problems = new LinkedHashSet<>();

    private SettingCheck(ServerConfig config) {
        this.config = config;
    }

    /**
     * Requires the settings that everything else depends on.
     *
     * @return the settings
     * @throws ConfigException when a setting has a value that it cannot have
     */
    public static ServerConfig require(ServerConfig config) {
        DatabaseSettings.of(config);
        config.uri(Setting.OPENAI_BASE_URL);
        ProxySettings.of(config);
        config.zone();
        return config;
    }

    /** The problems of all values; a start ends with the first one. */
    public static List<String> problems(ServerConfig config) {
        SettingCheck check = new SettingCheck(config);
        for (Setting setting : Setting.values()) {
            check.attempt(() -> check.value(setting));
        }
        check.together();
        return List.copyOf(check.problems);
    }

    /** Checks settings that depend on each other. */
    private void together() {
        attempt(() -> DatabaseSettings.of(config));
        attempt(() -> Wiring.policy(config));
        attempt(() -> Wiring.prices(config));
        attempt(() -> Listener.limits(config));
        attempt(() -> config.certificate());
        if (config.isSetUp()) {
            attempt(() -> Wiring.upstream(config));
        }
    }

    private void attempt(Runnable reading) {
        try {
            reading.run();
        } catch (ConfigException | IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private void value(Setting setting) {
        switch (setting) {
            case OPENAI_BASE_URL -> config.uri(setting);
            case OPENAI_PROXY -> ProxySettings.of(config);
            case TIME_ZONE -> config.zone();
            case PORT -> port();
            case DB_PATIENCE, HEAD_TIMEOUT, CLIENT_TIMEOUT, IDLE_TIMEOUT -> config.time(setting);
            case MEMORY -> config.memory(ANY_HEAP);
            case TRUSTED_PROXIES -> Listener.proxies(config);
            case PUBLIC_URL -> config.baseUrl();
            case CONTACT -> config.contact();
            case CORS_ORIGINS -> Listener.origins(config);
            case OPENAI_CONNECT_TIMEOUT,
                    OPENAI_READ_TIMEOUT,
                    GRACE,
                    NODE_TIMEOUT,
                    WAIT,
                    DRAIN_TIME,
                    TRACKING_KEEP,
                    LEDGER_KEEP ->
                    config.duration(setting);
            case OPENAI_MAX_CONNECTIONS,
                    MAX_BODY,
                    MAX_CONNECTIONS,
                    MAX_PER_ADDRESS,
                    LEAST_BODY_RATE,
                    SHARE,
                    FLOOR,
                    TOOL_CALLS,
                    DRAIN_BYTES,
                    DRAIN_CALLS,
                    TRACKING_BYTES,
                    LARGEST_JUMP ->
                    config.number(setting);
            case TRACKING, FINE_TUNING -> config.flag(setting);
            case METRICS_ACCESS,
                    LOG_FORMAT,
                    ON_DISCONNECT,
                    UPLIFT,
                    LEDGER_CLOCK,
                    SERVICE_TIER,
                    TOOLS ->
                    choice(setting);
            case OPENAI_API_KEY, PROXY_SERVER_USER, PROXY_SERVER_PASS -> config.text(setting);
            case HOST, TLS_CERTIFICATE, TLS_KEY, PRICES -> config.text(setting);
            case DB_OPTION, DB_TYPE, DB_MODULE, DB_HOST, DB_NAME -> config.text(setting);
            case DB_USERNAME, DB_PASSWORD, DB_URL, DB_TLS, DB_TLS_CA -> config.text(setting);
        }
    }

    private void choice(Setting setting) {
        switch (setting) {
            case METRICS_ACCESS -> config.choice(setting, MetricsHandler.MetricsAccess.class);
            case LOG_FORMAT -> config.choice(setting, LogFormat.class);
            case ON_DISCONNECT -> config.choice(setting, ResponseDrainer.Action.class);
            case UPLIFT -> config.choice(setting, RegionalUplift.class);
            case TOOLS -> config.choice(setting, ToolTokens.Held.class);
            case SERVICE_TIER -> config.choice(setting, RequestDefaults.UnsetTier.class);
            default -> config.choice(setting, ClockCheck.Action.class);
        }
    }

    private void port() {
        if (config.number(Setting.PORT) > ServerConfig.HIGHEST_PORT) {
            throw new ConfigException(Setting.PORT, "at most " + ServerConfig.HIGHEST_PORT);
        }
    }
}
