package dev.oaiproxy.cli.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** One server that is killed and started again and again, in the middle of its work. */
final class CrashLoop implements AutoCloseable {
    private static final int MOST_EVENTS = 1500;

    /** The exit code of a JVM that ends where the heap is full. */
    private static final int OUT_OF_MEMORY = 3;

    private final Random random;
    private final Site site;
    private final Proof proof;
    private final String key;

    CrashLoop(Path folder, Path classes, long seed) throws Exception {
        random = new Random(seed);
        site = new Site(folder, classes);
        proof = new Proof(site);
        key = site.createKey("bob");
    }

    /** What has been checked so far. */
    Proof proof() {
        return proof;
    }

    /** Kills the server at some moment, starts another one, and checks its books. */
    void crash() throws Exception {
        crash(server -> server.kill());
    }

    /** Fills the heap of the server at some moment, which ends it, and does the same. */
    void exhaust() throws Exception {
        crash(server -> assertThat(server.exhaust(site.logs())).isEqualTo(OUT_OF_MEMORY));
    }

    private interface End {
        void of(Running server) throws Exception;
    }

    private void crash(End end) throws Exception {
        Load load = load();
        end.of(site.server());
        List<Seen> seen = load.join();
        assertThat(load.refusals()).isEmpty();
        DeadBooks dead = DeadBooks.read(site.home(), proof.newest());
        site.start();
        proof.check(seen, dead);
    }

    /** Asks the server to stop in the middle of its work: every call that has begun is ended. */
    void stop() throws Exception {
        Load load = load();
        assertThat(site.server().stop()).as("ended").isTrue();
        List<Seen> seen = load.join();
        DeadBooks dead = DeadBooks.read(site.home(), proof.newest());
        assertThat(dead.held()).as("left open").isZero();
        assertThat(seen).filteredOn(call -> !call.call().isEmpty()).allMatch(Seen::whole);
        site.start();
        proof.check(seen, dead);
    }

    private Load load() throws Exception {
        int events = random.nextInt(1, MOST_EVENTS);
        Load load = Load.start(site.server().address(), key, random, events);
        load.await();
        return load;
    }

    @Override
    public void close() {
        site.close();
    }
}
