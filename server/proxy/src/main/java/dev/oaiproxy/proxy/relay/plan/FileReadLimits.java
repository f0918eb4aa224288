package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.proxy.quota.Grant;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may have files at OpenAI read for what they can cost, which is free and takes long: who has
 * something left to spend, one file of each user at a time, and not too many of all together.
 */
final class FileReadLimits {
    private static final int MOST_AT_ONCE = 8;

    private final Function<Key, Optional<Grant>> limits;
    private final long patienceNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition done = lock.newCondition();
    private final Set<Long> users = new HashSet<>();

    /**
     * @param limits why nothing of a key would be let through now
     * @param patience how long somebody waits for a place
     */
    FileReadLimits(Function<Key, Optional<Grant>> limits, Duration patience) {
        this.limits = limits;
        this.patienceNanos = patience.toNanos();
    }

    /** Why what a file asks for could not be paid for whatever that is; or null. */
    @Nullable Refusal objection(Key key) {
        return limits.apply(key).map(Refusal.NotGranted::new).orElse(null);
    }

    /** Reads, when there is a place; empty where there is none for too long. */
    <T> Optional<T> read(Key key, Supplier<T> reading) {
        if (!enter(key.userNumber())) {
            return Optional.empty();
        }
        try {
            return Optional.of(reading.get());
        } finally {
            leave(key.userNumber());
        }
    }

    private boolean enter(long user) {
        lock.lock();
        try {
            long left = patienceNanos;
            while (users.contains(user) || users.size() >= MOST_AT_ONCE) {
                if (left <= 0) {
                    return false;
                }
                left = done.awaitNanos(left);
            }
            return users.add(user);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void leave(long user) {
        lock.lock();
        try {
            users.remove(user);
            done.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
