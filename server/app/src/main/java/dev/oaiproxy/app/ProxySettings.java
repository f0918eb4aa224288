package dev.oaiproxy.app;

import dev.oaiproxy.proxy.upstream.NoProxyList;
import dev.oaiproxy.proxy.upstream.OutboundProxy;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The proxy through which OpenAI is reached: that of the setting, else that of the machine. */
final class ProxySettings {
    static final String NONE = "none";

    /** The variables that other programs read, too; curl prefers the lower case as well. */
    static final List<String> VARIABLES =
            List.of(
                    "https_proxy",
                    "HTTPS_PROXY",
                    "http_proxy",
                    "HTTP_PROXY",
                    "all_proxy",
                    "ALL_PROXY",
                    "no_proxy",
                    "NO_PROXY");

    private ProxySettings() {}

    /**
     * The proxy, if there is one.
     *
     * @throws ConfigException when what is set is not the URL of one
     */
    static Optional<OutboundProxy> of(ServerConfig config) {
        String given = config.text(Setting.OPENAI_PROXY);
        if (given.equals(NONE)) {
            return Optional.empty();
        }
        if (!given.isEmpty()) {
            String name = Setting.OPENAI_PROXY.path();
            return Optional.of(parse(name + " (" + Setting.OPENAI_PROXY.variable() + ")", given));
        }
        return ofMachine(config);
    }

    private static Optional<OutboundProxy> ofMachine(ServerConfig config) {
        URI base = config.uri(Setting.OPENAI_BASE_URL);
        boolean tls = base.getScheme().equalsIgnoreCase("https");
        int port = base.getPort() >= 0 ? base.getPort() : tls ? 443 : 80;
        String list =
                config.proxyVariable("no_proxy")
                        .or(() -> config.proxyVariable("NO_PROXY"))
                        .orElse("");
        if (new NoProxyList(list).covers(base.getHost(), port)) {
            return Optional.empty();
        }
        String own = tls ? "https_proxy" : "http_proxy";
        return VARIABLES.stream()
                .filter(name -> name.equalsIgnoreCase(own) || name.equalsIgnoreCase("all_proxy"))
                .filter(name -> config.proxyVariable(name).isPresent())
                .findFirst()
                .map(name -> parse(name, config.proxyVariable(name).orElseThrow()));
    }

    private static OutboundProxy parse(String name, String url) {
        try {
            return OutboundProxy.parse(url);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    name
                            + " must be "
                            + e.getMessage()
                            + "; OAIPROXY_OPENAI_PROXY="
                            + NONE
                            + " uses no proxy",
                    e);
        }
    }
}
