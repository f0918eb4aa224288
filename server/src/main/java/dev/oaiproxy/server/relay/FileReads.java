package dev.oaiproxy.server.relay;

import dev.oaiproxy.server.key.Key;
import dev.oaiproxy.server.ledger.Admission;
import dev.oaiproxy.server.ledger.Balance;
import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.quota.Grant;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who may have files at OpenAI read for what they can cost, which is free and takes long: who has
 * something left to spend, one file of each user at a time, and not too many of all together.
 */
final class FileReads {
    private static final int MOST_AT_ONCE = 8;

    private final Function<String, Optional<Balance>> accounts;
    private final long patienceNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition done = lock.newCondition();
    private final Set<Long> users = new HashSet<>();

    /**
     * @param accounts finds the account of a scope
     * @param patience how long somebody waits for a place
     */
    FileReads(Function<String, Optional<Balance>> accounts, Duration patience) {
        this.accounts = accounts;
        this.patienceNanos = patience.toNanos();
    }

    /** Why what a file asks for could not be paid for whatever that is; or null. */
    @Nullable Refusal objection(Key key) {
        return Stream.of("key:" + key.id(), "user:" + key.user(), "everyone")
                .map(accounts)
                .flatMap(Optional::stream)
                .map(FileReads::objection)
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(null);
    }

    private static Optional<Refusal> objection(Balance account) {
        if (!account.active()) {
            return refused(new Grant.Refused(new Admission.Inactive(account.scope())));
        }
        Usd limit = account.limits().spend();
        Usd left = account.remaining();
        if (limit == null || left == null || left.compareTo(Usd.ZERO) > 0) {
            return Optional.empty();
        }
        Admission.OverQuota why =
                new Admission.OverQuota(
                        account.scope(),
                        limit,
                        account.spent(),
                        account.held(),
                        account.resetsAt());
        boolean spent = account.spent().compareTo(limit) >= 0;
        return refused(spent ? new Grant.Spent(why, Usd.ZERO) : new Grant.Busy(why));
    }

    private static Optional<Refusal> refused(Grant why) {
        return Optional.of(new Refusal.NotGranted(why));
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
