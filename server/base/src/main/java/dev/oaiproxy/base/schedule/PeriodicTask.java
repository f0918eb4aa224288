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
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A task that runs again and again, on a daemon thread of its own, until it is closed. */
public final class PeriodicTask implements AutoCloseable {
    private static final Logger LOG = System.getLogger(PeriodicTask.class.getName());

    /** A task is overdue when it has not completed a run for this many of its pauses. */
    private static final int MOST_PAUSES = 10;

    /** No task is overdue earlier: a run may have to wait for a database, or for a CPU. */
    private static final Duration LEAST = Duration.ofMinutes(2);

    private static final double NANOS = 1e9;

    private static final Set<PeriodicTask> RUNNING = ConcurrentHashMap.newKeySet();

    private final String name;
    private final Duration pause;
    private final Runnable task;
    private final ScheduledThreadPoolExecutor executor;
    private final AtomicBoolean requested = new AtomicBoolean();
    private volatile long completedNanos = System.nanoTime();
    private volatile long succeededNanos = completedNanos;

    private PeriodicTask(String name, Duration pause, Runnable task) {
        this.name = name;
        this.pause = pause;
        this.task = task;
        this.executor =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name(name).factory());
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    }

    /**
     * Starts a task, whose first run comes after a pause.
     *
     * @param name the name of its thread, and in logs and metrics
     * @param pause the time between the end of a run and the next one
     */
    public static PeriodicTask start(String name, Duration pause, Runnable task) {
        PeriodicTask started = new PeriodicTask(name, pause, task);
        RUNNING.add(started);
        long nanos = pause.toNanos();
        Future<?> _ =
                started.executor.scheduleWithFixedDelay(
                        started::run, nanos, nanos, TimeUnit.NANOSECONDS);
        return started;
    }

    /** The names of the tasks of this process that have not completed a run for too long. */
    public static List<String> overdue() {
        return overdue(System.nanoTime());
    }

    /** The time since the last successful run of each task of this process, in seconds. */
    public static Map<String, Double> ages() {
        long nowNanos = System.nanoTime();
        return RUNNING.stream()
                .collect(
                        Collectors.toMap(
                                running -> running.name,
                                running -> (nowNanos - running.succeededNanos) / NANOS,
                                Math::max,
                                TreeMap::new));
    }

    static List<String> overdue(long nowNanos) {
        return RUNNING.stream()
                .filter(running -> nowNanos - running.completedNanos > running.mostNanos())
                .map(running -> running.name)
                .distinct()
                .sorted()
                .toList();
    }

    private long mostNanos() {
        return Math.max(pause.multipliedBy(MOST_PAUSES).toNanos(), LEAST.toNanos());
    }

    /**
     * Runs the task once. It goes on after a run that fails, as while the database is away, and
     * after any error that the process can survive.
     */
    private void run() {
        try {
            task.run();
            succeededNanos = System.nanoTime();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "event=task_failed name={0} cause={1}", name, e.toString());
            FatalErrors.report(e);
        } catch (Error e) {
            FatalErrors.report(e);
            Alarms.raise(LOG, "task_failed", "name={0} cause={1}", name, e.toString());
        }
        completedNanos = System.nanoTime();
    }

    /** Has the task run at once, or once more when a run that is under way has ended. */
    public void runNow() {
        if (requested.compareAndSet(false, true)) {
            executor.execute(
                    () -> {
                        requested.set(false);
                        run();
                    });
        }
    }

    /** Begins no other run. */
    @Override
    public void close() {
        RUNNING.remove(this);
        executor.shutdown();
    }

    /** Closes a task, if it was started, and waits until its last run is over. */
    public static void stop(@Nullable PeriodicTask task) {
        if (task != null) {
            task.close();
            task.awaitEnd();
        }
    }

    /** Waits, after the close, until the last run is over. */
    public void awaitEnd() {
        boolean interrupted = false;
        while (!executor.isTerminated()) {
            try {
                boolean _ = executor.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
