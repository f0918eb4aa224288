package dev.oaiproxy.base.schedule;

import dev.oaiproxy.base.alarm.FatalErrors;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Work that nobody waits for, done by one thread, in the order of its arrival and many pieces
 * together. The queue is bounded. The thread sleeps for a moment after the first piece, so that
 * those who bring more do not have to wake it.
 */
public final class BatchQueue<T> implements AutoCloseable {
    private static final Logger LOG = System.getLogger(BatchQueue.class.getName());

    private final QueueSettings settings;
    private final Consumer<List<T>> work;
    private final Queue<T> waiting = new ArrayDeque<>();
    private final Thread thread;

    /** The numbers of pieces that were offered and accepted, and that are done. */
    private long accepted;

    private long done;
    private int hurried;
    private boolean closing;

    /**
     * Its name and its bounds.
     *
     * @param mostWaiting the most pieces that wait, beside important ones
     * @param mostTogether the most pieces that are done together
     * @param gathering the time in which more are waited for
     */
    public record QueueSettings(
            String name, int mostWaiting, int mostTogether, Duration gathering) {}

    /**
     * @param work does some pieces together; what it throws is logged, and ends nothing
     */
    public BatchQueue(QueueSettings settings, Consumer<List<T>> work) {
        this.settings = settings;
        this.work = work;
        this.thread = Thread.ofPlatform().name(settings.name).daemon().start(this::loop);
    }

    /** Adds a piece of work; false when too many wait, or when it is closed. */
    public boolean offer(T piece) {
        return offer(piece, settings.mostWaiting);
    }

    /**
     * Adds a piece of work that must not be lost easily: there is as much room again for such work
     * as for the usual.
     */
    public boolean offerImportant(T piece) {
        return offer(piece, 2 * settings.mostWaiting);
    }

    private synchronized boolean offer(T piece, int most) {
        if (closing || waiting.size() >= most) {
            return false;
        }
        waiting.add(piece);
        accepted++;
        if (waiting.size() == 1) {
            notifyAll();
        }
        return true;
    }

    /**
     * Waits until all that was offered before is done, or the time is over. The work itself need
     * not wait.
     *
     * @return false when the time is over
     */
    public synchronized boolean flush(Duration most) {
        if (Thread.currentThread().equals(thread)) {
            return true;
        }
        long last = accepted;
        long end = System.nanoTime() + most.toNanos();
        hurried++;
        notifyAll();
        try {
            while (done < last && end - System.nanoTime() > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            hurried--;
        }
        return done >= last;
    }

    private void loop() {
        while (!isOver()) {
            List<T> some = take();
            try {
                if (!some.isEmpty()) {
                    work.accept(some);
                }
            } catch (RuntimeException | Error e) {
                FatalErrors.report(e);
                LOG.log(Level.WARNING, "event=work_failed task={0} cause={1}", settings.name, e);
            } finally {
                finish(some.size());
            }
        }
    }

    private synchronized boolean isOver() {
        return closing && waiting.isEmpty();
    }

    /** Waits for work, and a moment for more; may be empty when no more will come. */
    private synchronized List<T> take() {
        try {
            while (waiting.isEmpty() && !closing) {
                wait();
            }
            long end = System.nanoTime() + settings.gathering.toNanos();
            while (!isUrgent() && end - System.nanoTime() > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
            }
        } catch (InterruptedException e) {
            LOG.log(Level.WARNING, "event=thread_interrupted task={0}", settings.name);
        }
        List<T> taken = new ArrayList<>();
        while (taken.size() < settings.mostTogether && !waiting.isEmpty()) {
            taken.add(waiting.remove());
        }
        return taken;
    }

    private boolean isUrgent() {
        return closing || hurried > 0 || waiting.size() >= settings.mostTogether;
    }

    private synchronized void finish(int count) {
        done += count;
        notifyAll();
    }

    /** Processes the waiting pieces, and accepts no more. */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
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
