package dev.oaiproxy.ledger.store.node;

import dev.oaiproxy.ledger.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Lets several nodes of one database do the same at once. */
final class ConcurrentNodes {
    private ConcurrentNodes() {}

    static void beat(Store... stores) throws Exception {
        List<Callable<Boolean>> beats = new ArrayList<>();
        for (Store store : stores) {
            beats.add(
                    () -> {
                        store.beat();
                        return true;
                    });
        }
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (Future<Boolean> beat : threads.invokeAll(beats)) {
                beat.get();
            }
        }
    }

    static List<Store> start(int count, Callable<Store> start) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Store>> starts = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            for (int i = 0; i < count; i++) {
                starts.add(
                        threads.submit(
                                () -> {
                                    go.await();
                                    return start.call();
                                }));
            }
            go.countDown();
            List<Store> stores = new ArrayList<>();
            for (Future<Store> started : starts) {
                stores.add(started.get());
            }
            return stores;
        }
    }
}
