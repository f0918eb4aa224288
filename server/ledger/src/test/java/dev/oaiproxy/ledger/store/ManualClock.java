package dev.oaiproxy.ledger.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock whose hands the test moves, forwards and backwards. */
public final class ManualClock implements InstantSource {
    private volatile Instant now;

    public ManualClock(Instant now) {
        this.now = now;
    }

    @Override
    public Instant instant() {
        return now;
    }

    public void moveTo(Instant moment) {
        now = moment;
    }

    public void moveBy(Duration step) {
        now = now.plus(step);
    }
}
