package dev.oaiproxy.server.rounds;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does something again and again, on a thread of its own, until it is closed. */
public final class Rounds implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Rounds.class.getName());

    private final String name;
    private final Duration every;
    private final Runnable round;
    private final CountDownLatch stopped = new CountDownLatch(1);

    private Rounds(String name, Duration every, Runnable round) {
        this.name = name;
        this.every = every;
        this.round = round;
    }

    /**
     * Begins, with a pause.
     *
     * @param name that of the thread, and in logs
     * @param every the pause between two rounds
     */
    public static Rounds of(String name, Duration every, Runnable round) {
        Rounds rounds = new Rounds(name, every, round);
        Thread.ofPlatform().daemon().name(name).start(rounds::run);
        return rounds;
    }

    private void run() {
        try {
            while (!stopped.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
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
            LOG.log(Level.WARNING, "round failed name={0} cause={1}", name, e.toString());
        }
    }

    /** Begins no other round. */
    @Override
    public void close() {
        stopped.countDown();
    }
}
