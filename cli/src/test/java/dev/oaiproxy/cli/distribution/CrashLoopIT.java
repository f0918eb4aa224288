package dev.oaiproxy.cli.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the server of the distribution with SIGKILL repeatedly while clients call, and once by a
 * full heap: complete responses are in the ledger exactly once at their exact cost, and the books
 * balance. {@code src/test/crash-loop --rounds 1000} runs it by hand.
 */
final class CrashLoopIT {
    /** Two at a time: one server starts while the other one is under load. */
    private static final int LANES = 2;

    /** A new database after this many rounds limits the bill that each round has to read. */
    private static final int MOST_ROUNDS_OF_A_SITE = 50;

    private static final int ROUNDS = Integer.getInteger("crash.rounds", 30);
    private static final long SEED = Long.getLong("crash.seed", new Random().nextLong());

    @TempDir Path folder;

    private record Sums(int calls, int whole, int estimated) {
        Sums plus(Sums other) {
            return new Sums(calls + other.calls, whole + other.whole, estimated + other.estimated);
        }
    }

    @Test
    void nothingThatClientsSawCompleteIsLostInACrash() throws Exception {
        System.out.println("crash.seed=" + SEED + " crash.rounds=" + ROUNDS);
        long startNanos = System.nanoTime();
        Random seeds = new Random(SEED);
        List<Future<Sums>> lanes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int lane = 0; lane < LANES; lane++) {
                Path home = folder.resolve("lane" + lane);
                long seed = seeds.nextLong();
                lanes.add(threads.submit(() -> lane(home, seed)));
            }
        }
        Sums all = new Sums(0, 0, 0);
        for (Future<Sums> lane : lanes) {
            all = all.plus(lane.get());
        }
        long seconds = (System.nanoTime() - startNanos) / 1_000_000_000;
        System.out.println(all + " seconds=" + seconds);
        assertThat(all.whole()).isPositive();
        assertThat(all.estimated()).as("kills in the middle of a call").isPositive();
    }

    private Sums lane(Path home, long seed) throws Exception {
        Sums sums = new Sums(0, 0, 0);
        int rounds = Math.ceilDiv(ROUNDS, LANES);
        for (int done = 0; done < rounds; done += MOST_ROUNDS_OF_A_SITE) {
            int count = Math.min(MOST_ROUNDS_OF_A_SITE, rounds - done);
            sums = sums.plus(site(home.resolve("after" + done), seed + done, count));
        }
        return sums;
    }

    private Sums site(Path home, long seed, int rounds) throws Exception {
        try (CrashLoop loop = new CrashLoop(home, seed)) {
            for (int round = 0; round < rounds; round++) {
                loop.crash();
            }
            loop.exhaust();
            loop.stop();
            loop.proof().checkTotal();
            LedgerVerifier verifier = loop.proof();
            return new Sums(verifier.calls(), verifier.whole(), verifier.estimated());
        }
    }
}
