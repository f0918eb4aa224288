package dev.oaiproxy.e2e.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.AdminTestClient;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.ledger.store.OnEveryDatabase;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.sandbox.OpenAiStandIn;
import dev.oaiproxy.sandbox.StandInSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server process on a database server, which is killed with SIGKILL and restarted repeatedly
 * while clients call. {@code -Dcrash.rounds=100} sets the number of rounds.
 */
@Tag("server")
@Tag("slow")
@OnEveryDatabase
@Timeout(1800)
final class CrashLoopTest {
    private static final int ROUNDS = Integer.getInteger("crash.rounds", 2);
    private static final int CLIENTS = 12;
    private static final int MOST_ANSWERS = 20;

    private final long seed = Long.getLong("crash.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final TestDatabase kind;

    /** The parts of responses that clients received, and the complete ones. */
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    private final Queue<String> whole = new ConcurrentLinkedQueue<>();
    @TempDir Path folder;

    CrashLoopTest(TestDatabase kind) {
        this.kind = kind;
    }

    @Test
    void nothingThatClientsSawCompleteIsLostInACrash() throws Exception {
        assumeTrue(kind != TestDatabase.SQLITE, "the distribution is crashed with a file");
        try (OpenAiStandIn openAi = OpenAiStandIn.start(StandInSettings.DEFAULT)) {
            Map<String, String> variables = NodeProcess.variables(kind.ready(folder), openAi);
            NodeProcess node = start(variables);
            try {
                String key = node.operator().createKey("bob", "100").secret();
                for (int round = 0; round < ROUNDS; round++) {
                    callUntilItIsKilled(node, key);
                    node.close();
                    node = start(variables);
                    check(node.operator(), openAi);
                }
            } finally {
                node.close();
            }
        }
    }

    private NodeProcess start(Map<String, String> variables) throws IOException {
        return NodeProcess.await(NodeProcess.launch(folder, variables), folder);
    }

    private void callUntilItIsKilled(NodeProcess node, String key) throws Exception {
        int before = whole.size();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Random own = new Random(random.nextLong());
            clients.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        while (call(node, key, own)) {
                                            // The next one.
                                        }
                                    }));
        }
        int enough = random.nextInt(1, MOST_ANSWERS);
        Eventually.ask(whole::size, count -> count >= before + enough);
        node.kill();
        for (Thread client : clients) {
            client.join();
        }
    }

    /** False if the server is gone. */
    private boolean call(NodeProcess node, String key, Random random) {
        try {
            OneCallClient oneCallClient = OneCallClient.random(random);
            OneCallClient.PartialResponse answer = oneCallClient.call(node.address(), key);
            seen.add(answer.text());
            answer.whole().filter(oneCallClient.clientRequest()::isWhole).ifPresent(whole::add);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void check(AdminTestClient adminTestClient, OpenAiStandIn openAi) {
        Eventually.ask(() -> adminTestClient.quota("everyone").heldUsd(), "0.00"::equals);
        BillComparison billComparison =
                new BillComparison(adminTestClient.calls(), openAi.bill().entries());
        billComparison.checkAnswers(whole);
        billComparison.checkEach(seen);
        billComparison.checkPaid();
        Usd spent = Usd.parse(adminTestClient.quota("everyone").spentUsd());
        assertThat(spent).as("seed %s", seed).isEqualTo(billComparison.spent());
        String audit = adminTestClient.get(AdminApi.AUDIT).body();
        assertThat(HttpTestClient.json(audit).path("balanced").asBoolean()).as(audit).isTrue();
    }
}
