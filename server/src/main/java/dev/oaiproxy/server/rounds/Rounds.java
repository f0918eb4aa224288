package dev.oaiproxy.server.settle;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does something again and again, on a thread of its own, until it is closed. */
final class Rounds implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Rounds.class.getName());
    private static final long EVERY_MILLIS = 250;

    private final Runnable round;
    private final CountDownLatch stopped = new CountDownLatch(1);

    private Rounds(Runnable round) {
        this.round = round;
    }

    static Rounds of(Runnable round) {
        Rounds rounds = new Rounds(round);
        Thread.ofPlatform().daemon().name("settler").start(rounds::run);
        return rounds;
    }

    private void run() {
        try {
            while (!stopped.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                once();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A round that fails, as while the database is away, is followed by the next one. */
    private void once() {
        try {
            round.run();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "round failed cause={0}", e.toString());
        }
    }

    @Override
    public void close() {
        stopped.countDown();
    }
}
