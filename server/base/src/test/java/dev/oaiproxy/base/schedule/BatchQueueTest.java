package dev.oaiproxy.base.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work that one thread does, much of it together. */
@Tag("fast")
@Timeout(60)
class BatchQueueTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private static BatchQueue.QueueSettings settings(int mostWaiting, int mostTogether) {
        return new BatchQueue.QueueSettings("test", mostWaiting, mostTogether, LONG);
    }

    @Test
    void whatIsOfferedIsDoneInOrderAndTogether() {
        List<List<Integer>> done = new ArrayList<>();
        try (BatchQueue<Integer> queue = new BatchQueue<>(settings(100, 40), done::add)) {
            for (int i = 0; i < 39; i++) {
                queue.offer(i);
            }
            queue.flush(LONG);
        }
        assertThat(done).hasSize(1);
        assertThat(done.getFirst()).hasSize(39).isSorted();
    }

    @Test
    void fullBatchesDoNotWaitForMore() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (BatchQueue<Integer> queue =
                new BatchQueue<>(settings(100, 2), some -> begun.countDown())) {
            queue.offer(1);
            queue.offer(2);
            begun.await();
        }
    }

    @Test
    void tooMuchIsNotAccepted() {
        CountDownLatch release = new CountDownLatch(1);
        List<Integer> done = new ArrayList<>();
        BatchQueue<Integer> queue =
                new BatchQueue<>(
                        settings(2, 1),
                        some -> {
                            awaited(release);
                            done.addAll(some);
                        });
        try (queue) {
            int accepted = 0;
            while (queue.offer(accepted)) {
                accepted++;
            }
            // Two wait, and the thread may have taken one.
            assertThat(accepted).isBetween(2, 3);
            release.countDown();
            queue.flush(LONG);
            assertThat(done).hasSize(accepted);
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void workThatFailsEndsNothing() {
        List<Integer> done = new ArrayList<>();
        BatchQueue<Integer> queue =
                new BatchQueue<>(
                        settings(10, 1),
                        some -> {
                            if (some.getFirst() == 0) {
                                throw new IllegalStateException("played");
                            }
                            done.addAll(some);
                        });
        try (queue) {
            queue.offer(0);
            queue.offer(1);
            queue.flush(LONG);
            assertThat(done).containsExactly(1);
        }
    }

    @Test
    void closingDoesWhatWaitsAndTakesNoMore() {
        List<Integer> done = new ArrayList<>();
        BatchQueue<Integer> queue = new BatchQueue<>(settings(10, 10), done::addAll);
        queue.offer(1);
        queue.close();
        assertThat(queue.offer(2)).isFalse();
        assertThat(done).containsExactly(1);
    }
}
