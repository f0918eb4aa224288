package dev.oaiproxy.ledger.store;

import dev.oaiproxy.ledger.store.write.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Collects the work of several callers of a ledger into one commit. */
public final class OneCommit {
    private OneCommit() {}

    /**
     * The result of each caller.
     *
     * @param callers each asks the writer of the store for one thing; they come in this order
     */
    public static <T> List<Future<T>> of(Store store, List<Callable<T>> callers) {
        Writer writer = store.writer();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch allThere = new CountDownLatch(1);
        List<Future<T>> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.execute(() -> writer.write(tx -> occupied(begun, allThere)));
            await(begun);
            for (Callable<T> caller : callers) {
                outcomes.add(threads.submit(caller));
                while (writer.waiting() < outcomes.size()) {
                    Thread.onSpinWait();
                }
            }
            allThere.countDown();
        }
        return outcomes;
    }

    private static boolean occupied(CountDownLatch begun, CountDownLatch allThere) {
        begun.countDown();
        await(allThere);
        return true;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
