package dev.oaiproxy.app.config;

/** A setting: its path in {@code application.yaml}, its variable, its default and its purpose. */
public enum Setting {
    OPENAI_API_KEY(
            "openai.api-key",
            "OPENAI_API_KEY",
            "",
            "the key of the OpenAI account that everyone shares"),
    OPENAI_BASE_URL(
            "openai.base-url", "OPENAI_BASE_URL", "https://api.openai.com/v1", "where OpenAI is"),
    OPENAI_CONNECT_TIMEOUT(
            "openai.connect-timeout",
            "OAIPROXY_OPENAI_CONNECT_TIMEOUT",
            "10s",
            "how long to wait for a connection to OpenAI"),
    OPENAI_READ_TIMEOUT(
            "openai.read-timeout",
            "OAIPROXY_OPENAI_READ_TIMEOUT",
            "60m",
            "how long OpenAI may be silent within a call"),
    OPENAI_MAX_CONNECTIONS(
            "openai.max-connections",
            "OAIPROXY_OPENAI_MAX_CONNECTIONS",
            "2000",
            "connections to OpenAI at once, and so calls at once"),
    SERVICE_TIER(
            "openai.service-tier",
            "OAIPROXY_OPENAI_SERVICE_TIER",
            "standard",
            "what a request that names no service_tier is served at: standard, or inherit for the"
                    + " project's own setting at OpenAI, held at the dearest that it can be"),
    OPENAI_PROXY(
            "openai.proxy",
            "OAIPROXY_OPENAI_PROXY",
            "",
            "the HTTP proxy on the way to OpenAI, as http://user:password@host:3128; empty takes"
                    + " HTTPS_PROXY and NO_PROXY of the machine, none uses no proxy"),

    PROXY_SERVER_USER("admin.user", "PROXY_SERVER_USER", "", "the administrator's name"),
    PROXY_SERVER_PASS("admin.password", "PROXY_SERVER_PASS", "", "the administrator's password"),

    HOST("server.host", "OAIPROXY_HOST", "0.0.0.0", "the address to listen on"),
    PORT("server.port", "OAIPROXY_PORT", "5000", "the port to listen on; 0 picks a free one"),
    MAX_BODY(
            "server.max-body-bytes",
            "OAIPROXY_MAX_BODY_BYTES",
            "33554432",
            "the largest request body that is held in memory; larger ones are refused. Files of up"
                    + " to 512 MB pass without being held"),
    MEMORY(
            "server.memory",
            "OAIPROXY_MEMORY",
            "40%",
            "the most that all bodies, messages, events and recordings together may take: a part of"
                    + " Java's heap, or a number of bytes; what does not fit is refused with 503"),
    MAX_CONNECTIONS(
            "server.max-connections",
            "OAIPROXY_MAX_CONNECTIONS",
            "0",
            "connections at once; 0 derives it from the heap and the limit on open files"),
    MAX_PER_ADDRESS(
            "server.max-connections-per-address",
            "OAIPROXY_MAX_CONNECTIONS_PER_ADDRESS",
            "0",
            "connections at once of one address; 0 is three quarters of all, and one quarter as"
                    + " long as they have shown no key"),
    TRUSTED_PROXIES(
            "server.trusted-proxies",
            "OAIPROXY_TRUSTED_PROXIES",
            "",
            "reverse proxies whose X-Forwarded-For tells where a request comes from: addresses such"
                    + " as 127.0.0.1, or blocks such as 10.0.0.0/8, divided by commas"),
    PUBLIC_URL(
            "server.public-url",
            "OAIPROXY_PUBLIC_URL",
            "",
            "the address by which users reach the proxy, such as https://ai.example.org: what the"
                    + " commands print with a key, and what errors name"),
    CONTACT(
            "server.contact",
            "OAIPROXY_CONTACT",
            "",
            "whom users are to ask, such as ada@example.org: errors name it; empty says the"
                    + " administrator"),
    CORS_ORIGINS(
            "server.cors-origins",
            "OAIPROXY_CORS_ORIGINS",
            "",
            "origins whose web pages may call the proxy from a browser, such as"
                    + " https://chat.example.org, divided by commas; * is every page"),
    HEAD_TIMEOUT(
            "server.head-timeout",
            "OAIPROXY_HEAD_TIMEOUT",
            "10s",
            "how long the head of a request may take, and a new connection to send it"),
    CLIENT_TIMEOUT(
            "server.client-timeout",
            "OAIPROXY_CLIENT_TIMEOUT",
            "2m",
            "how long a client may be silent within its body, or wait with taking a piece of its"
                    + " answer"),
    LEAST_BODY_RATE(
            "server.least-body-rate",
            "OAIPROXY_LEAST_BODY_RATE",
            "240",
            "how many bytes of a body must come in a second on the average; 0 is any number"),
    IDLE_TIMEOUT(
            "server.idle-timeout",
            "OAIPROXY_IDLE_TIMEOUT",
            "5m",
            "how long a connection may wait for its next request"),
    GRACE(
            "server.shutdown-grace",
            "OAIPROXY_SHUTDOWN_GRACE",
            "10m",
            "how long calls in flight may go on when the server is told to stop"),
    TLS_CERTIFICATE(
            "server.tls.certificate",
            "OAIPROXY_TLS_CERTIFICATE",
            "",
            "for HTTPS: a PEM file with the server's certificate and those that lead to its"
                    + " authority"),
    TLS_KEY(
            "server.tls.key",
            "OAIPROXY_TLS_KEY",
            "",
            "a PEM file with the key of that certificate, not encrypted"),
    METRICS_ACCESS(
            "metrics.access",
            "OAIPROXY_METRICS_ACCESS",
            "operators",
            "who may read /metrics: operators, with the administrator's password or from the"
                    + " machine itself, or open, which is everybody"),
    LOG_FORMAT(
            "log.format",
            "OAIPROXY_LOG_FORMAT",
            "text",
            "text, or json for one JSON object a line"),

    DB_OPTION(
            "db.option",
            "DB_OPTION",
            "SQLite",
            "SQLite, or Others for a database server, which db.type names"),
    DB_TYPE(
            "db.type",
            "DB_TYPE",
            "",
            "postgresql, mysql (for MariaDB, too) or mssql; empty for SQLite"),
    DB_MODULE("db.module", "DB_MODULE", "", "the JDBC driver; may be left out"),
    DB_HOST("db.host", "DB_HOST", "localhost", "the database server's host, with or without port"),
    DB_NAME("db.name", "DB_NAME", "", "the database's name"),
    DB_USERNAME("db.connection.username", "DB_USERNAME", "", "the database's user"),
    DB_PASSWORD("db.connection.password", "DB_PASSWORD", "", "the database user's password"),
    DB_URL(
            "db.connection.url",
            "OAIPROXY_DB_URL",
            "",
            "a JDBC URL, in place of option, type, host and name"),
    DB_TLS(
            "db.tls",
            "OAIPROXY_DB_TLS",
            "none",
            "whether the connection to a database server is encrypted: none, require, or verify,"
                    + " which also checks who the server is"),
    DB_TLS_CA(
            "db.tls-ca",
            "OAIPROXY_DB_TLS_CA",
            "",
            "with verify: a PEM file of the authorities to trust, in place of Java's own"),
    DB_PATIENCE(
            "db.patience",
            "OAIPROXY_DB_PATIENCE",
            "2800ms",
            "how long the database may be silent over all that it is asked for a call, before the"
                    + " call is refused with 503; the wait for others in its queue does not count"),
    NODE_TIMEOUT(
            "db.node-timeout",
            "OAIPROXY_DB_NODE_TIMEOUT",
            "30s",
            "after how long without a sign of life another server on the same database is taken"
                    + " for dead, and its open calls are charged at their holds"),

    TIME_ZONE(
            "quota.time-zone",
            "OAIPROXY_TIME_ZONE",
            "UTC",
            "in whose calendar days, weeks and months begin"),
    SHARE(
            "quota.clamp-share",
            "OAIPROXY_CLAMP_SHARE",
            "2",
            "a call that sets no limit to its output, or must be clamped, takes at most one"
                    + " part in this many of what is free"),
    FLOOR(
            "quota.clamp-floor-tokens",
            "OAIPROXY_CLAMP_FLOOR_TOKENS",
            "1024",
            "no output is clamped below this many tokens"),
    WAIT(
            "quota.wait",
            "OAIPROXY_QUOTA_WAIT",
            "10s",
            "how long a call waits for money that other calls hold"),
    TOOL_CALLS(
            "quota.tool-calls",
            "OAIPROXY_TOOL_CALLS",
            "4",
            "how often a response may call hosted tools when its request sets no max_tool_calls"),
    TOOLS(
            "quota.tools",
            "OAIPROXY_QUOTA_TOOLS",
            "expected",
            "what is held for each call of a hosted tool: expected, the tokens that the price book"
                    + " says it adds; or strict, the whole window of the model"),

    ON_DISCONNECT(
            "disconnect.action",
            "OAIPROXY_ON_DISCONNECT",
            "drain",
            "drain reads an answer to its usage after its client has hung up, and charges exactly;"
                    + " cancel stops OpenAI and charges an estimate"),
    DRAIN_TIME(
            "disconnect.drain-time",
            "OAIPROXY_DRAIN_TIME",
            "10m",
            "how long an answer is read on after its client has hung up"),
    DRAIN_BYTES(
            "disconnect.drain-bytes",
            "OAIPROXY_DRAIN_BYTES",
            "67108864",
            "how much of it is read on"),
    DRAIN_CALLS(
            "disconnect.drain-calls",
            "OAIPROXY_DRAIN_CALLS",
            "1000",
            "how many such answers at once; further ones are charged at their hold"),

    TRACKING(
            "tracking.bodies",
            "OAIPROXY_TRACKING_BODIES",
            "true",
            "whether requests and answers are kept; the ledger always is"),
    TRACKING_BYTES(
            "tracking.max-bytes",
            "OAIPROXY_TRACKING_MAX_BYTES",
            "1048576",
            "how much of each body is kept"),
    TRACKING_KEEP(
            "tracking.keep",
            "OAIPROXY_TRACKING_KEEP",
            "90d",
            "how long requests and answers are kept; 0d is for ever"),
    LEDGER_KEEP(
            "ledger.keep",
            "OAIPROXY_LEDGER_KEEP",
            "0d",
            "how long single calls are kept; 0d is for ever; balances and reports by day stay"),

    LEDGER_CLOCK(
            "ledger.clock",
            "OAIPROXY_LEDGER_CLOCK",
            "check",
            "check refuses to start while the clock is before the newest call, or in another age;"
                    + " trust starts all the same"),

    FINE_TUNING(
            "fine-tuning.allow",
            "OAIPROXY_FINE_TUNING_ALLOW",
            "false",
            "whether models may be fine-tuned, which is billed when a job has ended"),

    PRICES(
            "prices.file",
            "OAIPROXY_PRICES_FILE",
            "prices.yaml",
            "the price book; a relative path is looked for beside application.yaml"),
    UPLIFT(
            "prices.regional-uplift",
            "OAIPROXY_REGIONAL_UPLIFT",
            "auto",
            "whether tokens cost what OpenAI's regional hosts ask: on, off, or auto, by the host of"
                    + " openai.base-url"),
    LARGEST_JUMP(
            "prices.largest-jump",
            "OAIPROXY_PRICES_LARGEST_JUMP",
            "10",
            "by how many times a rate may rise or fall when the price book changes; a book beyond"
                    + " that is refused");

    private final String path;
    private final String variable;
    private final String standard;
    private final String why;

    Setting(String path, String variable, String standard, String why) {
        this.path = path;
        this.variable = variable;
        this.standard = standard;
        this.why = why;
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

    /** The purpose, in one line. */
    public String why() {
        return why;
    }

    /** True when the value must never be shown. */
    public boolean isSecret() {
        return switch (this) {
            case OPENAI_API_KEY, OPENAI_PROXY, PROXY_SERVER_PASS, DB_PASSWORD -> true;
            default -> false;
        };
    }
}
