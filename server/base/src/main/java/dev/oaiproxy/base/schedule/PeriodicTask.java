package dev.oaiproxy.base.schedule;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.base.alarm.FatalErrors;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Does something again and again, on a thread of its own, until it is closed. */
public final class PeriodicTask implements AutoCloseable {
    private static final Logger LOG = System.getLogger(PeriodicTask.class.getName());

    /** A task that has not completed a round for this many of its periods is overdue. */
    private static final int MOST_PERIODS = 10;

    /** No task is overdue earlier: a round may have to wait for a database, or for a CPU. */
    private static final Duration LEAST = Duration.ofMinutes(2);

    private static final double NANOS = 1e9;

    private static final Set<PeriodicTask> RUNNING = ConcurrentHashMap.newKeySet();

    private final String name;
    private final Duration every;
    private final Runnable round;
    private final Semaphore early = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;
    private volatile long completedNanos = System.nanoTime();
    private volatile long succeededNanos = completedNanos;

    private PeriodicTask(String name, Duration every, Runnable round) {
        this.name = name;
        this.every = every;
        this.round = round;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    /**
     * Begins, with a pause.
     *
     * @param name that of the thread, and in logs
     * @param every the pause between two rounds
     */
    public static PeriodicTask of(String name, Duration every, Runnable round) {
        PeriodicTask periodicTask = new PeriodicTask(name, every, round);
        RUNNING.add(periodicTask);
        periodicTask.thread.start();
        return periodicTask;
    }

    /** The names of the tasks of this process that hang, or whose thread is gone. */
    public static List<String> overdue() {
        return overdue(System.nanoTime());
    }

    /** How long ago the last good round of each task of this process ended, in seconds. */
    public static Map<String, Double> ages() {
        long nowNanos = System.nanoTime();
        return RUNNING.stream()
                .collect(
                        Collectors.toMap(
                                periodicTask -> periodicTask.name,
                                periodicTask -> (nowNanos - periodicTask.succeededNanos) / NANOS,
                                Math::max,
                                TreeMap::new));
    }

    static List<String> overdue(long nowNanos) {
        return RUNNING.stream()
                .filter(periodicTask -> nowNanos - periodicTask.completedNanos > periodicTask.mostNanos())
                .map(periodicTask -> periodicTask.name)
                .distinct()
                .sorted()
                .toList();
    }

    private long mostNanos() {
        return Math.max(every.multipliedBy(MOST_PERIODS).toNanos(), LEAST.toNanos());
    }

    private void run() {
        try {
            while (!closed) {
                boolean _ = early.tryAcquire(every.toNanos(), TimeUnit.NANOSECONDS);
                early.drainPermits();
                if (!closed) {
                    once();
                    completedNanos = System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * A round that fails, as while the database is away, is followed by the next one. So is one
     * that ends by an error, unless the process cannot survive that.
     */
    private void once() {
        try {
            round.run();
            succeededNanos = System.nanoTime();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "round failed name={0} cause={1}", name, e.toString());
            FatalErrors.report(e);
        } catch (Error e) {
            FatalErrors.report(e);
            Alarms.raise(LOG, "round_failed", "name={0} cause={1}", name, e.toString());
        }
    }

    /** Has the next round begin at once. */
    public void hurry() {
        early.release();
    }

    /** Begins no other round. */
    @Override
    public void close() {
        closed = true;
        RUNNING.remove(this);
        early.release();
    }

    /** Waits, after the close, until the last round is over. */
    public void awaitEnd() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
