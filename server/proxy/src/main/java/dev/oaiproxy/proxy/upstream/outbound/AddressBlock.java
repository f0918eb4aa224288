package dev.oaiproxy.proxy.upstream.outbound;

import java.net.InetAddress;

/** A block of addresses that begin with the same bits. */
public record AddressBlock(InetAddress address, int bits) {
    public boolean contains(InetAddress other) {
        byte[] ours = address.getAddress();
        byte[] theirs = other.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >>> bit % 8;
            if ((ours[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
