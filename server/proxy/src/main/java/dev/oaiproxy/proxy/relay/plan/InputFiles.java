package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads files at OpenAI to bound the cost of using them. Reading is free and takes long, so it is
 * for keys that have something left to spend: one file of each user at a time, and a few of all
 * users together.
 */
public final class InputFiles {
    private static final int MOST_AT_ONCE = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Upstream upstream;
    private final Function<Key, Optional<Refusal>> limits;
    private final long patienceNanos;
    private final Set<Long> users = new HashSet<>();

    /**
     * @param limits the refusal that every call of a key would get now, if any
     */
    public InputFiles(Upstream upstream, Function<Key, Optional<Refusal>> limits) {
        this(upstream, limits, PATIENCE);
    }

    /**
     * @param patience the longest wait of a request for its turn
     */
    InputFiles(Upstream upstream, Function<Key, Optional<Refusal>> limits, Duration patience) {
        this.upstream = upstream;
        this.limits = limits;
        this.patienceNanos = patience.toNanos();
    }

    /** Refuses a key that could pay for none of the requests in a file. */
    void requireFunds(Key key) {
        limits.apply(key)
                .ifPresent(
                        refusal -> {
                            throw new RefusedException(refusal);
                        });
    }

    /** Reads when it is the key's turn; refuses when that takes too long. */
    <T> T read(Key key, Supplier<T> reading) {
        if (!enter(key.userNumber())) {
            throw new RefusedException(new Refusal.Crowded());
        }
        try {
            return reading.get();
        } finally {
            leave(key.userNumber());
        }
    }

    /** Asks OpenAI for the content of a file. */
    UpstreamResponse open(String id) throws UpstreamException {
        String path = "/files/" + id + "/content";
        return upstream.send(new UpstreamRequest("GET", path, Headers.NONE, new byte[0]));
    }

    private synchronized boolean enter(long user) {
        long end = System.nanoTime() + patienceNanos;
        long left = patienceNanos;
        try {
            while (users.contains(user) || users.size() >= MOST_AT_ONCE) {
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
                left = end - System.nanoTime();
            }
            return users.add(user);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized void leave(long user) {
        users.remove(user);
        notifyAll();
    }
}
