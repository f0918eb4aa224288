package dev.oaiproxy.proxy.relay.call;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Bounds the responses that are read to their end after their client has left. */
public final class ResponseDrainer implements AutoCloseable {
    private final Action action;
    private final Duration time;
    private final long bytes;
    private final Semaphore places;
    private final Map<End, LongAdder> ends = new EnumMap<>(End.class);
    private final ScheduledExecutorService alarm =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("drain-alarm").daemon().factory());

    /** The treatment of a response whose client has left. */
    public enum Action {
        /** Reads the response to its usage, and charges exactly. */
        DRAIN,
        /** Stops OpenAI, and charges an estimate of the part that was seen. */
        CANCEL
    }

    /** The end of a response whose client has left. */
    public enum End {
        /** The response was read to its end. */
        READ,
        /** The response was cut, because it was too long or too large, or it broke. */
        CUT,
        /**
         * The response was not read on, because all places were taken or the settings forbid it.
         */
        LEFT
    }

    /**
     * @param atOnce the most responses that are drained at once
     * @param time the most time for one
     * @param bytes the most bytes of one after its client has left
     */
    public ResponseDrainer(Action action, int atOnce, Duration time, long bytes) {
        this.action = action;
        this.places = new Semaphore(action == Action.CANCEL ? 0 : atOnce);
        this.time = time;
        this.bytes = bytes;
        for (End end : End.values()) {
            ends.put(end, new LongAdder());
        }
    }

    boolean cancels() {
        return action == Action.CANCEL;
    }

    /** Takes a place, which {@link #leave} gives back; false when all are taken. */
    public boolean enter() {
        return places.tryAcquire();
    }

    public void leave() {
        places.release();
    }

    public void ended(End end) {
        ends.getOrDefault(end, new LongAdder()).increment();
    }

    /** The number of responses that have ended in this way. */
    public long count(End end) {
        return ends.getOrDefault(end, new LongAdder()).sum();
    }

    public long mostBytes() {
        return bytes;
    }

    /** Runs a task when the time of a drain that begins now is over, unless cancelled. */
    public Future<?> whenOver(Runnable task) {
        return alarm.schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        alarm.shutdownNow();
    }
}
