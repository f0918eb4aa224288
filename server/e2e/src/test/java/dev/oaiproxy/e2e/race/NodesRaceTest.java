package dev.oaiproxy.e2e.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Node;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.ledger.store.OnEveryDialect;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.sandbox.OpenAiStandIn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three server processes share one database and one small quota. Meanwhile one is killed, and one
 * is suspended for so long that the others mark it dead.
 */
@Tag("server")
@Tag("slow")
@OnEveryDialect
@Timeout(180)
final class NodesRaceTest {
    private static final int NODES = 3;
    private static final int CLIENTS_OF_A_NODE = 12;
    private static final int CALLS_BEFORE = 150;
    private static final int CALLS_AFTER = 150;
    private static final String QUOTA = "1.5";

    private final long seed = Long.getLong("race.seed", new Random().nextLong());
    private final TestDatabase kind;
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final List<Thread> clients = new ArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    @TempDir Path folder;

    NodesRaceTest(TestDatabase kind) {
        this.kind = kind;
    }

    @Test
    void promisesHoldWhenOneNodeIsKilledAndOneStandsStill() throws Exception {
        assumeTrue(kind != TestDatabase.SQLITE, "a file has one server");
        Database database = kind.ready(folder);
        try (OpenAiStandIn openAi =
                OpenAiStandIn.start(dev.oaiproxy.sandbox.StandInSettings.DEFAULT)) {
            Map<String, String> variables = NodeProcess.variables(database, openAi);
            launch(variables);
            AdminApi.CreatedKey key = nodes.getFirst().operator().createKey("bob", QUOTA);
            AccountSampler accountSampler = new AccountSampler(database);
            try (accountSampler) {
                race(key.secret());
            }
            assertThat(accountSampler.faults()).as("seed %s", seed).isEmpty();
            assertThat(accountSampler.looks()).isPositive();
            checkBooks(openAi, key.key().id());
            restartOfTheKilled(variables);
            assertThat(status().nodesDiffer()).isNull();
            for (NodeProcess node : nodes) {
                assertThat(node.stop()).isIn(0, 143);
            }
        } finally {
            over.set(true);
            nodes.forEach(NodeProcess::close);
        }
    }

    private void race(String key) throws Exception {
        NodeProcess killed = nodes.get(1);
        NodeProcess suspended = nodes.get(2);
        long start = System.nanoTime();
        Random random = new Random(seed);
        for (NodeProcess node : nodes) {
            for (int i = 0; i < CLIENTS_OF_A_NODE; i++) {
                Random own = new Random(random.nextLong());
                clients.add(Thread.ofVirtual().start(() -> callOn(node, key, own)));
            }
        }
        awaitAnswers(CALLS_BEFORE);
        double rate = answered.get() * 1e9 / (System.nanoTime() - start);
        int number = numberOf(suspended);
        killed.kill();
        suspended.suspend();
        Eventually.ask(
                this::seen,
                seen ->
                        seen.stream()
                                .noneMatch(
                                        n ->
                                                killed.hasLabel(n.process())
                                                        || hasLabel(suspended, n)));
        suspended.resume();
        Eventually.ask(
                this::seen, seen -> seen.stream().anyMatch(node -> hasLabel(suspended, node)));
        awaitAnswers(answered.get() + CALLS_AFTER);
        over.set(true);
        for (Thread client : clients) {
            client.join();
        }
        Eventually.ask(() -> everyone().heldUsd(), "0.00"::equals);
        assertThat(suspended.output()).contains("alarm=node_was_dead");
        System.out.println(
                "nodes.seed=%d %s calls/s=%.0f answered=%d suspended was %d, is %d"
                        .formatted(seed, kind, rate, answered.get(), number, numberOf(suspended)));
    }

    private static boolean hasLabel(NodeProcess process, Node node) {
        return process.hasLabel(node.process());
    }

    private int numberOf(NodeProcess process) {
        return seen().stream().filter(n -> hasLabel(process, n)).findFirst().orElseThrow().number();
    }

    private List<Node> seen() {
        return status().nodes();
    }

    private AdminApi.Status status() {
        return nodes.getFirst().operator().status();
    }

    private AdminApi.Quota everyone() {
        return nodes.getFirst().operator().quota("everyone");
    }

    private void awaitAnswers(int count) {
        Eventually.ask(answered::get, done -> done >= count);
    }

    /** Calls repeatedly until the test ends or the server is gone. */
    private void callOn(NodeProcess node, String key, Random random) {
        try {
            while (!over.get()) {
                seen.add(OneCallClient.random(random).call(node.address(), key).text());
                answered.incrementAndGet();
            }
        } catch (IOException e) {
            // One of the servers has been killed.
        }
    }

    /** Asserts that OpenAI's bill is charged, and that the quota is not exceeded. */
    private void checkBooks(OpenAiStandIn openAi, String key) {
        BillComparison billComparison =
                new BillComparison(nodes.getFirst().operator().calls(), openAi.bill().entries());
        billComparison.checkPaid();
        billComparison.checkEach(seen);
        for (String scope : List.of("everyone", "user:bob", "key:" + key)) {
            Usd spent = Usd.parse(nodes.getFirst().operator().quota(scope).spentUsd());
            assertThat(spent).as(scope).isEqualTo(billComparison.spent());
            assertThat(spent).as(scope).isLessThanOrEqualTo(Usd.parse(QUOTA));
        }
        String audit = nodes.getFirst().operator().get(AdminApi.AUDIT).body();
        assertThat(HttpTestClient.json(audit).path("balanced").asBoolean()).as(audit).isTrue();
    }

    /** The new process does not wait for a lease; it takes a free node number. */
    private void restartOfTheKilled(Map<String, String> variables) throws Exception {
        Path home = folder.resolve("node1");
        nodes.set(1, NodeProcess.await(NodeProcess.launch(home, variables), home));
        assertThat(seen()).hasSize(NODES).allMatch(node -> node.state().equals("alive"));
    }

    private void launch(Map<String, String> variables) throws IOException {
        List<Process> launched = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            launched.add(NodeProcess.launch(folder.resolve("node" + i), variables));
        }
        for (int i = 0; i < NODES; i++) {
            nodes.add(NodeProcess.await(launched.get(i), folder.resolve("node" + i)));
        }
        assertThat(seen()).extracting(Node::number).containsExactly(0, 1, 2);
    }
}
