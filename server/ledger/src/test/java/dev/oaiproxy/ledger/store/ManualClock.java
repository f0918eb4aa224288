package dev.oaiproxy.ledger.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock whose hands the test moves, forwards and backwards. */
final class ManualClock implements InstantSource {
    private volatile Instant now;

    ManualClock(Instant now) {
        this.now = now;
    }

    @Override
    public Instant instant() {
        return now;
    }

    void moveTo(Instant moment) {
        now = moment;
    }

    void moveBy(Duration step) {
        now = now.plus(step);
    }
}
