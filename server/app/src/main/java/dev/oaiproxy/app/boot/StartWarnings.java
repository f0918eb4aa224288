package dev.oaiproxy.app.boot;

import dev.oaiproxy.api.Passwords;
import dev.oaiproxy.app.config.ProxySettings;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.config.Setting;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Warnings at the start about settings that work, but may not be intended. */
final class StartWarnings {
    private static final Logger LOG = System.getLogger(StartWarnings.class.getName());

    private static final String CLEAR_TEXT =
            """
            event=clear_text host={0}: passwords, keys and prompts cross the network unencrypted; \
            set OAIPROXY_TLS_CERTIFICATE and OAIPROXY_TLS_KEY, or set OAIPROXY_HOST to 127.0.0.1 \
            behind a reverse proxy that ends TLS\
            """;

    private StartWarnings() {}

    static void log(ServerConfig config) {
        logPassword(config);
        ProxySettings.of(config)
                .ifPresent(
                        proxy ->
                                LOG.log(
                                        Level.INFO,
                                        "event=outbound_proxy url={0}",
                                        proxy.toString()));
        boolean behindProxy = !config.text(Setting.TRUSTED_PROXIES).isEmpty();
        if (config.certificate().isEmpty()
                && !behindProxy
                && !isLoopback(config.text(Setting.HOST))) {
            LOG.log(Level.WARNING, CLEAR_TEXT, config.text(Setting.HOST));
        }
    }

    /** Warns only: a stricter rule in a new version must not keep a server from starting. */
    private static void logPassword(ServerConfig config) {
        Passwords.problem(
                        config.text(Setting.PROXY_SERVER_USER),
                        config.text(Setting.PROXY_SERVER_PASS))
                .filter(_ -> config.isSetUp())
                .ifPresent(
                        problem ->
                                LOG.log(
                                        Level.WARNING,
                                        "event=weak_password setting=PROXY_SERVER_PASS: {0},"
                                                + " and restart",
                                        problem));
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
