package dev.oaiproxy.proxy.connection;

import dev.oaiproxy.proxy.upstream.outbound.AddressBlock;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The reverse proxies whose {@code X-Forwarded-For} is trusted. */
public final class TrustedProxies {
    private final List<AddressBlock> blocks;

    private TrustedProxies(List<AddressBlock> blocks) {
        this.blocks = blocks;
    }

    /**
     * Parses addresses and blocks of addresses.
     *
     * @param text such as {@code 127.0.0.1, 10.0.0.0/8, ::1}; empty trusts nobody
     * @throws IllegalArgumentException when a part is not an address
     */
    public static TrustedProxies parse(String text) {
        return new TrustedProxies(
                Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .map(TrustedProxies::block)
                        .toList());
    }

    private static AddressBlock block(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        InetAddress address = InetAddress.ofLiteral(literal);
        int most = 8 * address.getAddress().length;
        int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException(text + ": the prefix length must be 0 to " + most);
        }
        return new AddressBlock(address, bits);
    }

    public boolean isEmpty() {
        return blocks.isEmpty();
    }

    boolean contains(InetAddress address) {
        for (AddressBlock block : blocks) {
            if (block.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The client of a request from a trusted proxy: the last address of the list that is not a
     * trusted proxy. A client can write anything before that.
     *
     * @param forwardedFor the values of {@code X-Forwarded-For}, joined by commas, or null
     */
    Optional<ClientAddress> client(@Nullable String forwardedFor) {
        String rest = forwardedFor == null ? "" : forwardedFor;
        while (!rest.isBlank()) {
            int comma = rest.lastIndexOf(',');
            Optional<ClientAddress> hop = ClientAddress.parse(rest.substring(comma + 1));
            if (hop.isEmpty() || !isTrusted(rest.substring(comma + 1))) {
                return hop;
            }
            rest = comma < 0 ? "" : rest.substring(0, comma);
        }
        return Optional.empty();
    }

    private boolean isTrusted(String hop) {
        try {
            return contains(InetAddress.ofLiteral(hop.strip()));
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }
}
