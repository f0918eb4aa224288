package dev.oaiproxy.cli.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A server that is killed and restarted repeatedly during its work. */
final class CrashLoop implements AutoCloseable {
    private static final int MOST_EVENTS = 1500;

    /** The exit code of a JVM that ends with a full heap. */
    private static final int OUT_OF_MEMORY = 3;

    private final Random random;
    private final DistributionFixture fixture;
    private final LedgerVerifier verifier;
    private final String key;

    CrashLoop(Path folder, long seed) throws Exception {
        random = new Random(seed);
        fixture = new DistributionFixture(folder);
        verifier = new LedgerVerifier(fixture);
        key = fixture.createKey("bob");
    }

    /** The verifier of the ledger. */
    LedgerVerifier proof() {
        return verifier;
    }

    /** Kills the server at a random moment, restarts it, and checks the ledger. */
    void crash() throws Exception {
        crash(server -> server.kill());
    }

    /**
     * Fills the server's heap at a random moment, which ends it; then restarts and checks as above.
     */
    void exhaust() throws Exception {
        crash(server -> assertThat(server.exhaust(fixture.logs())).isEqualTo(OUT_OF_MEMORY));
    }

    private interface End {
        void of(DistributionProcess server) throws Exception;
    }

    private void crash(End end) throws Exception {
        LoadGenerator load = load();
        end.of(fixture.server());
        List<ObservedCall> seen = load.join();
        assertThat(load.refusals()).isEmpty();
        CrashedLedger dead = CrashedLedger.read(fixture.home(), verifier.newest());
        fixture.start();
        verifier.check(seen, dead);
    }

    /** Stops the server during its work: every call that has begun is completed. */
    void stop() throws Exception {
        LoadGenerator load = load();
        assertThat(fixture.server().stop()).as("ended").isTrue();
        List<ObservedCall> seen = load.join();
        CrashedLedger dead = CrashedLedger.read(fixture.home(), verifier.newest());
        assertThat(dead.held()).as("left open").isZero();
        assertThat(seen).filteredOn(call -> !call.call().isEmpty()).allMatch(ObservedCall::whole);
        fixture.start();
        verifier.check(seen, dead);
    }

    private LoadGenerator load() throws Exception {
        int events = random.nextInt(1, MOST_EVENTS);
        LoadGenerator load = LoadGenerator.start(fixture.server().address(), key, random, events);
        load.await();
        return load;
    }

    @Override
    public void close() {
        fixture.close();
    }
}
