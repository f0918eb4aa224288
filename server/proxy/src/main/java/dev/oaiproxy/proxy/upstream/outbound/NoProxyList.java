package dev.oaiproxy.proxy.upstream.outbound;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The hosts that are reached without a proxy, as {@code NO_PROXY} lists them: {@code *} for all,
 * names with their subdomains, addresses and address blocks, each with or without a port.
 */
public final class NoProxyList {
    private final List<String> entries;

    /**
     * @param list separated by commas or spaces
     */
    public NoProxyList(String list) {
        this.entries =
                Arrays.stream(list.toLowerCase(Locale.ROOT).split("[,\\s]+", -1))
                        .filter(entry -> !entry.isEmpty())
                        .toList();
    }

    public boolean covers(String host, int port) {
        String plain = unbracketed(host.toLowerCase(Locale.ROOT));
        return entries.stream().anyMatch(entry -> covers(entry, plain, port));
    }

    private static boolean covers(String entry, String host, int port) {
        if (entry.equals("*")) {
            return true;
        }
        int colon = entry.lastIndexOf(':');
        boolean literal = entry.indexOf(':') < colon && !entry.contains("]");
        boolean withPort = colon > entry.indexOf(']') && !literal;
        if (withPort && !entry.substring(colon + 1).equals(String.valueOf(port))) {
            return false;
        }
        String named = unbracketed(withPort ? entry.substring(0, colon) : entry);
        Optional<InetAddress> address = address(host);
        return address.isPresent() ? isIn(named, address.get()) : isBelow(named, host);
    }

    private static boolean isBelow(String named, String host) {
        String name = named.startsWith("*.") ? named.substring(2) : named;
        String bare = name.startsWith(".") ? name.substring(1) : name;
        return !bare.isEmpty() && (host.equals(bare) || host.endsWith("." + bare));
    }

    private static boolean isIn(String named, InetAddress host) {
        int slash = named.indexOf('/');
        Optional<InetAddress> network = address(slash < 0 ? named : named.substring(0, slash));
        if (network.isEmpty()) {
            return false;
        }
        int all = network.get().getAddress().length * Byte.SIZE;
        int bits = slash < 0 ? all : Math.min(all, bits(named.substring(slash + 1)));
        return bits >= 0 && new AddressBlock(network.get(), bits).contains(host);
    }

    private static int bits(String text) {
        return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
    }

    private static Optional<InetAddress> address(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException name) {
            return Optional.empty();
        }
    }

    private static String unbracketed(String host) {
        return host.replaceAll("[\\[\\]]", "");
    }
}
