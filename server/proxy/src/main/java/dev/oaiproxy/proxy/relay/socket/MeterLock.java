package dev.oaiproxy.proxy.relay.socket;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The lock of a meter, which a {@code try} statement holds for its block. */
final class MeterLock {
    private final ReentrantLock lock = new ReentrantLock();

    interface Holder extends AutoCloseable {
        @Override
        void close();
    }

    Holder hold() {
        lock.lock();
        return lock::unlock;
    }

    Condition newCondition() {
        return lock.newCondition();
    }
}
