package dev.oaiproxy.proxy.connection;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The address of a client: an IPv4 address, or the first 64 bits of an IPv6 address, since one
 * subscriber has all addresses below them.
 */
public record ClientAddress(InetAddress address) {
    private static final int PREFIX_BYTES = 8;

    public ClientAddress {
        address = address instanceof Inet6Address six ? prefix(six) : address;
    }

    /** The address of a socket; empty for one that has none, such as a Unix socket. */
    static Optional<ClientAddress> of(SocketAddress socket) {
        return socket instanceof InetSocketAddress inet && inet.getAddress() != null
                ? Optional.of(new ClientAddress(inet.getAddress()))
                : Optional.empty();
    }

    /** Parses an address, with or without a port; empty for anything else, such as a name. */
    static Optional<ClientAddress> parse(String text) {
        try {
            String bare = text.strip();
            if (bare.startsWith("[") && bare.contains("]")) {
                bare = bare.substring(1, bare.indexOf(']'));
            } else if (bare.indexOf(':') == bare.lastIndexOf(':') && bare.contains(":")) {
                bare = bare.substring(0, bare.indexOf(':'));
            }
            return Optional.of(new ClientAddress(InetAddress.ofLiteral(bare)));
        } catch (IllegalArgumentException noAddress) {
            return Optional.empty();
        }
    }

    private static InetAddress prefix(Inet6Address address) {
        byte[] bytes = Arrays.copyOf(Arrays.copyOf(address.getAddress(), PREFIX_BYTES), 16);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** For logs: {@code 192.0.2.7} or {@code 2001:db8:0:1::/64}. */
    @Override
    public String toString() {
        String text = address.getHostAddress();
        return address instanceof Inet6Address ? text + "/64" : text;
    }
}
