package dev.oaiproxy.sandbox;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The calls to the stand-in with the usage that OpenAI would charge, in the order in which they
 * ended.
 */
public final class SandboxBill {
    private static final int MOST_ENTRIES = 1_000_000;
    private static final long PATIENCE_SECONDS = 20;

    public enum CallEnd {
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
     */
    public record BillEntry(
            String requestId,
            String operation,
            @JsonUnwrapped ServedUsage served,
            boolean stream,
            int status,
            CallEnd ending) {
        public String model() {
            return served.model();
        }

        public String tier() {
            return served.tier();
        }

        public TokenCounts tokens() {
            return served.tokens();
        }

        public List<ExtraUsage> extras() {
            return served.extras();
        }
    }

    /**
     * The usage of a call.
     *
     * @param model the model that served it, empty when none did
     * @param tier the service tier that served it
     */
    public record ServedUsage(
            String model, String tier, TokenCounts tokens, List<ExtraUsage> extras) {
        public static ServedUsage nothing(String model) {
            return new ServedUsage(model, "", TokenCounts.NONE, List.of());
        }
    }

    private final List<BillEntry> entries = new ArrayList<>();

    public synchronized void add(BillEntry entry) {
        if (entries.size() == MOST_ENTRIES) {
            entries.removeFirst();
        }
        entries.add(entry);
        notifyAll();
    }

    /** Adds the entry of a call over a WebSocket, which counts as a stream with HTTP status 200. */
    public void addSocketCall(
            String requestId, String operation, ServedUsage served, CallEnd ending) {
        add(new BillEntry(requestId, operation, served, true, 200, ending));
    }

    public synchronized List<BillEntry> entries() {
        return List.copyOf(entries);
    }

    /**
     * Waits for this many entries. The entry of a call whose client disconnects comes only when the
     * stand-in notices.
     *
     * @throws IllegalStateException when there are still fewer after 20 seconds
     */
    public synchronized List<BillEntry> await(int count) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (entries.size() < count) {
            long nanos = end - System.nanoTime();
            if (nanos <= 0) {
                throw new IllegalStateException("only " + entries.size() + " bill entries");
            }
            TimeUnit.NANOSECONDS.timedWait(this, nanos);
        }
        return List.copyOf(entries);
    }
}
