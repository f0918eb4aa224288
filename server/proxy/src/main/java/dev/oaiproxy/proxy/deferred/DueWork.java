package dev.oaiproxy.proxy.deferred;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.base.alarm.FatalErrors;
import dev.oaiproxy.base.schedule.PeriodicTask;
import dev.oaiproxy.ledger.store.sql.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Handles due tasks, a few at once, again and again. A task that fails stays recorded and becomes
 * due again.
 */
public final class DueWork<T> implements AutoCloseable {
    private static final Logger LOG = System.getLogger(DueWork.class.getName());
    private static final Duration EVERY = Duration.ofMillis(250);
    private static final int MOST_AT_ONCE = 8;

    private final String name;
    private final IntFunction<List<T>> due;
    private final Function<T, String> id;
    private final Consumer<T> handler;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private final Set<String> inWork = ConcurrentHashMap.newKeySet();
    private @Nullable PeriodicTask periodicTask;

    /**
     * @param name the name in logs
     * @param due finds the first due tasks, up to a given number
     * @param id the id of a task; no task is handled twice at the same time
     * @param handler handles one task
     */
    public DueWork(
            String name, IntFunction<List<T>> due, Function<T, String> id, Consumer<T> handler) {
        this.name = name;
        this.due = due;
        this.id = id;
        this.handler = handler;
    }

    /** Begins to handle due tasks. */
    public void start() {
        periodicTask = PeriodicTask.start(name, EVERY, this::begin);
    }

    /** Begins the due tasks that there is room for, and does not wait. */
    private List<Future<?>> begin() {
        List<Future<?>> begun = new ArrayList<>();
        for (T one : due.apply(MOST_AT_ONCE)) {
            if (places.tryAcquire()) {
                begun.add(workers.submit(() -> work(one)));
            }
        }
        return begun;
    }

    /** Handles the tasks that are due now, and waits until they are done. */
    public void seeToDue() throws InterruptedException {
        for (Future<?> task : begin()) {
            try {
                task.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void work(T one) {
        String taskId = id.apply(one);
        try {
            if (inWork.add(taskId)) {
                handle(one, taskId);
            }
        } finally {
            places.release();
        }
    }

    private void handle(T one, String taskId) {
        try {
            handler.accept(one);
        } catch (StoreException e) {
            LOG.log(
                    Level.WARNING,
                    "event=task_failed name={0} id={1} cause={2}",
                    name,
                    taskId,
                    e.toString());
        } catch (RuntimeException e) {
            // This is a bug of our own. The next try may fail in the same way, and nobody would see
            // it.
            LOG.log(
                    Level.WARNING,
                    "event=task_failed name={0} id={1} cause={2}",
                    name,
                    taskId,
                    e.toString());
            Alarms.raise(LOG, alarm(), e);
        } catch (Error e) {
            // Nobody looks at the result of the task, so the error is reported here.
            FatalErrors.report(e);
            Alarms.raise(LOG, alarm(), e);
        } finally {
            inWork.remove(taskId);
        }
    }

    /** The name of the alarm for a task that failed because of a bug. */
    private String alarm() {
        return name.replace('-', '_') + "_failed";
    }

    /** Stops. Tasks that are not done stay recorded. */
    @Override
    public void close() {
        if (periodicTask != null) {
            periodicTask.close();
        }
        workers.shutdownNow();
    }
}
