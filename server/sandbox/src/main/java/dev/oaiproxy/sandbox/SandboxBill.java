package dev.oaiproxy.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What the stand-in would charge its owner for, in the order in which calls ended. */
public final class SandboxBill {
    private static final int MOST_ENTRIES = 1_000_000;
    private static final long PATIENCE_SECONDS = 20;

    /** How a call ended. */
    public enum CallEnd {
        /** The whole answer was made. */
        COMPLETE,
        /** The client left; what was made until then is charged. */
        ABORTED,
        /** The stand-in broke off, as a directive told it to. */
        BROKEN,
        /** An error answer, which costs nothing. */
        REFUSED
    }

    /**
     * What was consumed. As in OpenAI's usage, cached, cache-write and reasoning tokens are parts
     * of their totals.
     */
    public record TokenCounts(
            int prompt, int cached, int cacheWrite, int completion, int reasoning) {
        public static final TokenCounts NONE = new TokenCounts(0, 0, 0, 0, 0);
    }

    /**
     * What was consumed beside the tokens of the call's own model.
     *
     * @param model the model or the tool that consumed it, such as {@code tool:web_search}
     * @param unit as price lists name it: {@code web_search}, {@code image_output}, {@code seconds}
     */
    public record ExtraUsage(String model, String unit, long quantity) {}

    /**
     * One call.
     *
     * @param requestId the {@code x-request-id} of its answer
     * @param operation its path below {@code /v1}, such as {@code chat/completions}
     * @param model the model that served it, empty when none did
     * @param tier the tier that it was served at
     */
    public record BillEntry(
            String requestId,
            String operation,
            String model,
            String tier,
            TokenCounts tokens,
            List<ExtraUsage> extras,
            boolean stream,
            int status,
            CallEnd ending) {}

    private final List<BillEntry> entries = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();

    public void add(BillEntry entry) {
        lock.lock();
        try {
            if (entries.size() == MOST_ENTRIES) {
                entries.removeFirst();
            }
            entries.add(entry);
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public List<BillEntry> entries() {
        lock.lock();
        try {
            return List.copyOf(entries);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until there are so many entries. A call that the client left is noted only once that
     * has been noticed.
     *
     * @throws IllegalStateException when there are still fewer after 20 seconds
     */
    public List<BillEntry> await(int count) throws InterruptedException {
        lock.lock();
        try {
            long nanos = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (entries.size() < count) {
                if (nanos <= 0) {
                    throw new IllegalStateException("only " + entries.size() + " bill entries");
                }
                nanos = grown.awaitNanos(nanos);
            }
            return List.copyOf(entries);
        } finally {
            lock.unlock();
        }
    }
}
