package dev.oaiproxy.app.admin;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The ranges of addresses that one client can use. A client with one IPv6 address usually has all
 * of its /64.
 */
final class AddressRanges {
    private static final int SITE_BYTES_V6 = 8;
    private static final int NETWORK_BYTES_V6 = 6;
    private static final int NETWORK_BYTES_V4 = 3;

    private AddressRanges() {}

    /** The address of a peer. */
    static String address(SocketAddress peer) {
        return peer instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : "unknown";
    }

    /** The range of one subscriber: an IPv4 address, or a /64 of IPv6. */
    static String site(String address) {
        return switch (parsed(address)) {
            case Inet6Address v6 -> prefix(v6, SITE_BYTES_V6);
            case Inet4Address v4 -> v4.getHostAddress();
            default -> address;
        };
    }

    /** The range of one organisation: a /24 of IPv4, or a /48 of IPv6. */
    static String network(String address) {
        return switch (parsed(address)) {
            case Inet6Address v6 -> prefix(v6, NETWORK_BYTES_V6);
            case Inet4Address v4 -> prefix(v4, NETWORK_BYTES_V4);
            default -> address;
        };
    }

    /** The parsed address; IPv4 addresses that are mapped into IPv6 become IPv4 ones. */
    private static InetAddress parsed(String address) {
        int zone = address.indexOf('%');
        try {
            return InetAddress.ofLiteral(zone < 0 ? address : address.substring(0, zone));
        } catch (IllegalArgumentException unknown) {
            return InetAddress.getLoopbackAddress();
        }
    }

    private static String prefix(InetAddress address, int bytes) {
        byte[] first = Arrays.copyOf(address.getAddress(), bytes);
        return HexFormat.of().formatHex(first) + "/" + bytes * Byte.SIZE;
    }
}
