package dev.oaiproxy.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The calls to the stand-in with the usage that OpenAI would charge, in the order in which they
 * ended.
 */
public final class SandboxBill {
    private static final int MOST_ENTRIES = 1_000_000;
    private static final long PATIENCE_SECONDS = 20;

    /** The end of a call. */
    public enum CallEnd {
        /** The response is complete. */
        COMPLETE,
        /** The client disconnected; the output produced until then is charged. */
        ABORTED,
        /** A directive made the stand-in break off the response. */
        BROKEN,
        /** An error response, which costs nothing. */
        REFUSED
    }

    /**
     * Tokens of a call. As in OpenAI's usage, cached, cache-write and reasoning tokens are parts of
     * their totals.
     */
    public record TokenCounts(
            int prompt, int cached, int cacheWrite, int completion, int reasoning) {
        public static final TokenCounts NONE = new TokenCounts(0, 0, 0, 0, 0);
    }

    /**
     * Usage beyond the tokens of the call's own model.
     *
     * @param model the model or tool that was used, such as {@code tool:web_search}
     * @param unit the name in price lists: {@code web_search}, {@code image_output}, {@code
     *     seconds}
     */
    public record ExtraUsage(String model, String unit, long quantity) {}

    /**
     * One call, charged or refused.
     *
     * @param requestId the {@code x-request-id} of its response
     * @param operation its path below {@code /v1}, such as {@code chat/completions}
     * @param model the model that served it, empty when none did
     * @param tier the service tier that served it
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

    /** The usage of a call, and the tier that served it. */
    public record ServedUsage(
            String model, String tier, TokenCounts tokens, List<ExtraUsage> extras) {
        public static ServedUsage nothing(String model) {
            return new ServedUsage(model, "", TokenCounts.NONE, List.of());
        }
    }

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

    /** Adds the entry of a call over a WebSocket, which counts as a stream with HTTP status 200. */
    public void addSocketCall(
            String requestId, String operation, ServedUsage served, CallEnd ending) {
        add(
                new BillEntry(
                        requestId,
                        operation,
                        served.model(),
                        served.tier(),
                        served.tokens(),
                        served.extras(),
                        true,
                        200,
                        ending));
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
     * Waits for this many entries. The entry of a call whose client disconnects comes only when the
     * stand-in notices.
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
