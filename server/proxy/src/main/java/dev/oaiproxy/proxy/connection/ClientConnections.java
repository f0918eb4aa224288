package dev.oaiproxy.proxy.connection;

import dev.oaiproxy.base.schedule.PeriodicTask;
import dev.oaiproxy.proxy.log.LimitedLog;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The open client connections, counted by address and watched for slowness.
 *
 * <p>When there are too many, the one that has waited longest without a known key is closed first,
 * then one that only waits for its next request. An address that opens connections and sends
 * nothing uses up only its own places.
 */
public final class ClientConnections implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ClientConnections.class.getName());

    private final ConnectionLimits limits;
    private final TrustedProxies proxies;
    private final LimitedLog log;
    private final PeriodicTask periodicTask;
    private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();
    private final Map<CutReason, LongAdder> cuts = new EnumMap<>(CutReason.class);
    private final Map<ClientAddress, AddressCount> addresses = new HashMap<>();
    private int count;

    /** The connections of one address. */
    private static final class AddressCount {
        private int strangers;
        private int known;
    }

    /**
     * @param log names the connections that were cut off
     */
    public ClientConnections(ConnectionLimits limits, TrustedProxies proxies, LimitedLog log) {
        this.limits = limits;
        this.proxies = proxies;
        this.log = log;
        for (CutReason reason : CutReason.values()) {
            cuts.put(reason, new LongAdder());
        }
        this.periodicTask =
                PeriodicTask.start("client-connections", limits.lookEvery(), this::look);
    }

    public int size() {
        return open.size();
    }

    /** The number of connections cut off since the start. */
    public long cuts(CutReason reason) {
        return cut(reason).sum();
    }

    ConnectionLimits limits() {
        return limits;
    }

    TrustedProxies proxies() {
        return proxies;
    }

    /** Admits a connection, and closes another for it if need be. */
    synchronized boolean open(ClientConnection connection) {
        if (count >= limits.connections() && !evictAny()) {
            return false;
        }
        count++;
        open.add(connection);
        return true;
    }

    synchronized void close(ClientConnection connection) {
        open.remove(connection);
        count--;
    }

    /**
     * Gives an address a place for a client without a known key. A waiting connection makes room.
     *
     * @return false when all its places are in use
     */
    synchronized boolean enter(ClientAddress address, ClientConnection entering) {
        AddressCount counts = addresses.computeIfAbsent(address, _ -> new AddressCount());
        if (counts.strangers >= limits.strangersPerAddress() && !evict(address, entering)) {
            forget(address, counts);
            return false;
        }
        counts.strangers++;
        return true;
    }

    /**
     * Notes that a client at that address has shown a known key; false when the address has too
     * many such clients.
     */
    synchronized boolean recognize(ClientAddress address) {
        AddressCount counts = addresses.computeIfAbsent(address, _ -> new AddressCount());
        if (counts.known >= limits.perAddress()) {
            return false;
        }
        counts.strangers--;
        counts.known++;
        return true;
    }

    synchronized void leave(ClientAddress address, Standing standing) {
        AddressCount counts = addresses.computeIfAbsent(address, _ -> new AddressCount());
        switch (standing) {
            case STRANGER -> counts.strangers--;
            case KNOWN -> counts.known--;
        }
        forget(address, counts);
    }

    private void forget(ClientAddress address, AddressCount counts) {
        if (counts.strangers <= 0 && counts.known <= 0) {
            addresses.remove(address);
        }
    }

    /** The standing of a connection's client: known once it has shown a known key. */
    enum Standing {
        STRANGER,
        KNOWN
    }

    /**
     * Counts and logs a connection that was cut off; an idle one is not logged.
     *
     * @param bytes the bytes that had come of the awaited head or body
     */
    void cut(CutReason reason, @Nullable ClientAddress address, long bytes) {
        count(reason);
        if (reason == CutReason.IDLE) {
            return;
        }
        log.add(
                "cut " + reason.label(),
                (count, since) ->
                        LOG.log(
                                Level.INFO,
                                "event=connection_cut reason={0} address={1} bytes={2} setting={3}"
                                        + " count={4} since={5}",
                                reason.label(),
                                address == null ? "unknown" : address,
                                Long.toString(bytes),
                                reason.setting(),
                                count,
                                since));
    }

    void count(CutReason reason) {
        cut(reason).increment();
    }

    private LongAdder cut(CutReason reason) {
        return java.util.Objects.requireNonNull(cuts.get(reason));
    }

    private boolean evict(ClientAddress address, ClientConnection entering) {
        return open.stream()
                .filter(one -> one != entering && one.isWaitingStranger())
                .filter(one -> address.equals(one.address()))
                .sorted(Comparator.comparingLong(ClientConnection::waitingSinceNanos))
                .anyMatch(ClientConnection::evict);
    }

    private boolean evictAny() {
        return open.stream()
                .filter(one -> one.isWaitingStranger() || one.isIdle())
                .sorted(
                        Comparator.comparing(ClientConnection::isIdle)
                                .thenComparingLong(ClientConnection::waitingSinceNanos))
                .anyMatch(ClientConnection::evict);
    }

    private void look() {
        long now = System.nanoTime();
        open.forEach(connection -> connection.look(now));
    }

    @Override
    public void close() {
        periodicTask.close();
    }
}
