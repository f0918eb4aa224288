package dev.oaiproxy.proxy.quota;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the tokens of a request more closely than its number of bytes.
 *
 * <p>Counting takes about a second for a megabyte, so it runs on one platform thread, never on a
 * carrier of virtual threads, and only for bodies up to a size.
 */
final class TokenEstimate {
    private static final int LARGEST_BODY = 1 << 20;
    private static final int MOST_WAITING = 16;
    private static final int MARGIN_PARTS = 10;
    private static final int MARGIN_TOKENS = 64;

    /** Memory of the counter per byte of a long word: a node and its entries in two tables. */
    private static final long BYTES_PER_BYTE = 100;

    private final ByteBudget memory;
    private final ExecutorService thread =
            new ThreadPoolExecutor(
                    0,
                    1,
                    1,
                    TimeUnit.MINUTES,
                    new LinkedBlockingQueue<>(MOST_WAITING),
                    Thread.ofPlatform().name("token-count").daemon().factory());

    TokenEstimate(ByteBudget memory) {
        this.memory = memory;
    }

    /**
     * Bounds the tokens of a JSON body: the count of its raw text, and a margin for the tokens that
     * OpenAI adds to each message.
     *
     * @param otherwise the bound when the body is too large or too many other counts wait
     */
    long bound(byte[] body, long otherwise) {
        if (body.length > LARGEST_BODY) {
            return otherwise;
        }
        try {
            long count = thread.submit(() -> most(body, otherwise)).get();
            return Math.min(otherwise, count + count / MARGIN_PARTS + MARGIN_TOKENS);
        } catch (RejectedExecutionException | ExecutionException e) {
            return otherwise;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return otherwise;
        }
    }

    /** Counts if there is memory; a body takes memory only while it is counted. */
    private long most(byte[] body, long otherwise) {
        try (Lease lease = memory.lease()) {
            return lease.take(Use.REQUEST, BYTES_PER_BYTE * body.length)
                    ? Loaded.most(new String(body, StandardCharsets.UTF_8))
                    : otherwise;
        }
    }

    /** Loaded on first use: the tables take half a second and 44 MB. */
    private static final class Loaded {
        private static final EncodingRegistry ALL = Encodings.newLazyEncodingRegistry();

        /**
         * The larger count of both encodings in use, so that the model's encoding need not be
         * known.
         */
        static long most(String text) {
            return Math.max(
                    ALL.getEncoding(EncodingType.O200K_BASE).countTokensOrdinary(text),
                    ALL.getEncoding(EncodingType.CL100K_BASE).countTokensOrdinary(text));
        }
    }
}
