package dev.oaiproxy.app.config;

/**
 * A setting: its path in {@code application.yaml}, its variable and its default. The purpose of
 * each is in {@code docs/settings.md}.
 */
public enum Setting {
    OPENAI_API_KEY("openai.api-key", "OPENAI_API_KEY", ""),
    OPENAI_BASE_URL("openai.base-url", "OPENAI_BASE_URL", "https://api.openai.com/v1"),
    OPENAI_CONNECT_TIMEOUT("openai.connect-timeout", "OAIPROXY_OPENAI_CONNECT_TIMEOUT", "10s"),
    OPENAI_READ_TIMEOUT("openai.read-timeout", "OAIPROXY_OPENAI_READ_TIMEOUT", "60m"),
    OPENAI_MAX_CONNECTIONS("openai.max-connections", "OAIPROXY_OPENAI_MAX_CONNECTIONS", "2000"),
    SERVICE_TIER("openai.service-tier", "OAIPROXY_OPENAI_SERVICE_TIER", "standard"),
    OPENAI_PROXY("openai.proxy", "OAIPROXY_OPENAI_PROXY", ""),

    PROXY_SERVER_USER("admin.user", "PROXY_SERVER_USER", ""),
    PROXY_SERVER_PASS("admin.password", "PROXY_SERVER_PASS", ""),

    HOST("server.host", "OAIPROXY_HOST", "0.0.0.0"),
    PORT("server.port", "OAIPROXY_PORT", "5000"),
    MAX_BODY("server.max-body-bytes", "OAIPROXY_MAX_BODY_BYTES", "33554432"),
    MEMORY("server.memory", "OAIPROXY_MEMORY", "40%"),
    MAX_CONNECTIONS("server.max-connections", "OAIPROXY_MAX_CONNECTIONS", "0"),
    MAX_PER_ADDRESS(
            "server.max-connections-per-address", "OAIPROXY_MAX_CONNECTIONS_PER_ADDRESS", "0"),
    TRUSTED_PROXIES("server.trusted-proxies", "OAIPROXY_TRUSTED_PROXIES", ""),
    PUBLIC_URL("server.public-url", "OAIPROXY_PUBLIC_URL", ""),
    CONTACT("server.contact", "OAIPROXY_CONTACT", ""),
    CORS_ORIGINS("server.cors-origins", "OAIPROXY_CORS_ORIGINS", ""),
    HEAD_TIMEOUT("server.head-timeout", "OAIPROXY_HEAD_TIMEOUT", "10s"),
    CLIENT_TIMEOUT("server.client-timeout", "OAIPROXY_CLIENT_TIMEOUT", "2m"),
    LEAST_BODY_RATE("server.least-body-rate", "OAIPROXY_LEAST_BODY_RATE", "240"),
    IDLE_TIMEOUT("server.idle-timeout", "OAIPROXY_IDLE_TIMEOUT", "5m"),
    GRACE("server.shutdown-grace", "OAIPROXY_SHUTDOWN_GRACE", "10m"),
    TLS_CERTIFICATE("server.tls.certificate", "OAIPROXY_TLS_CERTIFICATE", ""),
    TLS_KEY("server.tls.key", "OAIPROXY_TLS_KEY", ""),
    METRICS_ACCESS("metrics.access", "OAIPROXY_METRICS_ACCESS", "operators"),
    LOG_FORMAT("log.format", "OAIPROXY_LOG_FORMAT", "text"),

    DB_OPTION("db.option", "DB_OPTION", "SQLite"),
    DB_TYPE("db.type", "DB_TYPE", ""),
    DB_MODULE("db.module", "DB_MODULE", ""),
    DB_HOST("db.host", "DB_HOST", "localhost"),
    DB_NAME("db.name", "DB_NAME", ""),
    DB_USERNAME("db.connection.username", "DB_USERNAME", ""),
    DB_PASSWORD("db.connection.password", "DB_PASSWORD", ""),
    DB_URL("db.connection.url", "OAIPROXY_DB_URL", ""),
    DB_TLS("db.tls", "OAIPROXY_DB_TLS", "none"),
    DB_TLS_CA("db.tls-ca", "OAIPROXY_DB_TLS_CA", ""),
    DB_PATIENCE("db.patience", "OAIPROXY_DB_PATIENCE", "2800ms"),
    NODE_TIMEOUT("db.node-timeout", "OAIPROXY_DB_NODE_TIMEOUT", "30s"),

    TIME_ZONE("quota.time-zone", "OAIPROXY_TIME_ZONE", "UTC"),
    SHARE("quota.clamp-share", "OAIPROXY_CLAMP_SHARE", "2"),
    FLOOR("quota.clamp-floor-tokens", "OAIPROXY_CLAMP_FLOOR_TOKENS", "1024"),
    WAIT("quota.wait", "OAIPROXY_QUOTA_WAIT", "10s"),
    TOOL_CALLS("quota.tool-calls", "OAIPROXY_TOOL_CALLS", "4"),
    TOOLS("quota.tools", "OAIPROXY_QUOTA_TOOLS", "expected"),

    ON_DISCONNECT("disconnect.action", "OAIPROXY_ON_DISCONNECT", "drain"),
    DRAIN_TIME("disconnect.drain-time", "OAIPROXY_DRAIN_TIME", "10m"),
    DRAIN_BYTES("disconnect.drain-bytes", "OAIPROXY_DRAIN_BYTES", "67108864"),
    DRAIN_CALLS("disconnect.drain-calls", "OAIPROXY_DRAIN_CALLS", "1000"),

    TRACKING("tracking.bodies", "OAIPROXY_TRACKING_BODIES", "true"),
    TRACKING_BYTES("tracking.max-bytes", "OAIPROXY_TRACKING_MAX_BYTES", "1048576"),
    TRACKING_KEEP("tracking.keep", "OAIPROXY_TRACKING_KEEP", "90d"),
    LEDGER_KEEP("ledger.keep", "OAIPROXY_LEDGER_KEEP", "0d"),

    LEDGER_CLOCK("ledger.clock", "OAIPROXY_LEDGER_CLOCK", "check"),

    FINE_TUNING("fine-tuning.allow", "OAIPROXY_FINE_TUNING_ALLOW", "false"),

    PRICES("prices.file", "OAIPROXY_PRICES_FILE", "prices.yaml"),
    UPLIFT("prices.regional-uplift", "OAIPROXY_REGIONAL_UPLIFT", "auto"),
    LARGEST_JUMP("prices.largest-jump", "OAIPROXY_PRICES_LARGEST_JUMP", "10");

    private final String path;
    private final String variable;
    private final String standard;

    Setting(String path, String variable, String standard) {
        this.path = path;
        this.variable = variable;
        this.standard = standard;
    }

    /** The path in {@code application.yaml}. */
    public String path() {
        return path;
    }

    /** The environment variable that sets it. */
    public String variable() {
        return variable;
    }

    /** The path and the variable, for messages. */
    public String fullName() {
        return path + " (" + variable + ")";
    }

    public String standard() {
        return standard;
    }

    /** True when the value must never be shown. */
    public boolean isSecret() {
        return switch (this) {
            case OPENAI_API_KEY, OPENAI_PROXY, PROXY_SERVER_PASS, DB_PASSWORD -> true;
            default -> false;
        };
    }
}
