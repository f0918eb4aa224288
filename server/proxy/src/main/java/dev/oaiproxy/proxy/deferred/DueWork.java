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
 * Sees to what is written down as due, a few at once, again and again. What fails stays written
 * down, and is due again.
 */
public final class DueWork<T> implements AutoCloseable {
    private static final Logger LOG = System.getLogger(DueWork.class.getName());
    private static final Duration EVERY = Duration.ofMillis(250);
    private static final int MOST_AT_ONCE = 8;

    private final Kind<T> kind;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private final Set<String> inWork = ConcurrentHashMap.newKeySet();
    private @Nullable PeriodicTask periodicTask;

    /**
     * What there is to do.
     *
     * @param name in logs
     * @param due the first of what is due, at most so many
     * @param id tells one from another; none is seen to twice at once
     * @param handle sees to one
     */
    public record Kind<T>(
            String name, IntFunction<List<T>> due, Function<T, String> id, Consumer<T> handle) {}

    public DueWork(Kind<T> kind) {
        this.kind = kind;
    }

    /** Sees to what is due from now on. */
    public void start() {
        periodicTask = PeriodicTask.start(kind.name(), EVERY, this::begin);
    }

    /** Begins with what is due now, as far as there is room for it, and does not wait. */
    private List<Future<?>> begin() {
        List<Future<?>> begun = new ArrayList<>();
        for (T one : kind.due().apply(MOST_AT_ONCE)) {
            if (places.tryAcquire()) {
                begun.add(workers.submit(() -> work(one)));
            }
        }
        return begun;
    }

    /** Sees to what is due now, and waits until that is done. */
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
        String id = kind.id().apply(one);
        try {
            if (inWork.add(id)) {
                handle(one, id);
            }
        } finally {
            places.release();
        }
    }

    private void handle(T one, String id) {
        try {
            kind.handle().accept(one);
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "{0} failed id={1} cause={2}", kind.name(), id, e.toString());
        } catch (RuntimeException e) {
            // A mistake of ours, which nobody else would see: the next try may well be as this one.
            LOG.log(Level.WARNING, "{0} failed id={1} cause={2}", kind.name(), id, e.toString());
            Alarms.raise(LOG, kind.name() + "_failed", e);
        } catch (Error e) {
            // Nobody asks the task what came of it.
            FatalErrors.report(e);
            Alarms.raise(LOG, kind.name() + "_failed", e);
        } finally {
            inWork.remove(id);
        }
    }

    /** Stops. What is not done stays written down. */
    @Override
    public void close() {
        if (periodicTask != null) {
            periodicTask.close();
        }
        workers.shutdownNow();
    }
}
