package dev.oaiproxy.app.config;

import dev.oaiproxy.proxy.upstream.outbound.NoProxyList;
import dev.oaiproxy.proxy.upstream.outbound.OutboundProxy;
import java.net.URI;
import java.util.Optional;

/** The proxy on the way to OpenAI: that of the setting, else that of the machine. */
public final class ProxySettings {
    static final String NONE = "none";

    private ProxySettings() {}

    /**
     * The proxy, if there is one.
     *
     * @throws ConfigException when the value is not the URL of a proxy
     */
    public static Optional<OutboundProxy> of(ServerConfig config) {
        String given = config.text(Setting.OPENAI_PROXY);
        if (given.equals(NONE)) {
            return Optional.empty();
        }
        if (!given.isEmpty()) {
            return Optional.of(parse(Setting.OPENAI_PROXY.fullName(), given));
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
        return VariableNames.PROXIES.stream()
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
