package dev.oaiproxy.base;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that a test moves: it stands still, or runs as the machine's does. */
public final class TestClock implements InstantSource {
    private final InstantSource base;
    private final AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);

    private TestClock(InstantSource base) {
        this.base = base;
    }

    /** A clock that stands still until it is moved. */
    public static TestClock at(Instant now) {
        return new TestClock(InstantSource.fixed(now));
    }

    /** A clock that runs with the machine's. */
    public static TestClock running() {
        return new TestClock(InstantSource.system());
    }

    public void advance(Duration by) {
        offset.accumulateAndGet(by, Duration::plus);
    }

    public void moveTo(Instant moment) {
        offset.set(Duration.between(base.instant(), moment));
    }

    @Override
    public Instant instant() {
        return base.instant().plus(offset.get());
    }
}
