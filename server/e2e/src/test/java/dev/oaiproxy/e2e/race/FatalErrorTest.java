package dev.oaiproxy.e2e.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.AdminTestClient;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.race.NodeProcess.FatalFault;
import dev.oaiproxy.ledger.store.TestDatabase;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that hits a fatal error while clients call. */
@Tag("server")
@Tag("slow")
@Timeout(300)
final class FatalErrorTest {
    private static final int CLIENTS = 4;

    private final Random random = new Random(FatalFault.values().length);
    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource(FatalFault.class)
    void endsTheProcessWithACodeAndALineAndLosesNothing(FatalFault fault) throws Exception {
        try (OpenAiStandIn openAi = OpenAiStandIn.start(StandInSettings.DEFAULT)) {
            Map<String, String> variables =
                    NodeProcess.variables(TestDatabase.SQLITE.fresh(folder), openAi);
            List<String> whole;
            try (NodeProcess node = start(variables)) {
                whole = callUntil(node, fault);
                assertThat(node.output().lines())
                        .filteredOn(line -> line.contains("java.lang.OutOfMemoryError"))
                        .singleElement()
                        .asString()
                        .startsWith(
                                fault == FatalFault.NO_HEAP ? "Terminating" : "oaiproxy: ended");
            }
            try (NodeProcess node = start(variables)) {
                assertBalanced(node.operator(), whole);
            }
        }
    }

    private NodeProcess start(Map<String, String> variables) throws IOException {
        return NodeProcess.await(NodeProcess.launch(folder, variables), folder);
    }

    /** The responses that clients received completely before the process ended. */
    private List<String> callUntil(NodeProcess node, FatalFault fault) throws Exception {
        String key = node.operator().createKey("bob", "100").secret();
        Queue<String> whole = new ConcurrentLinkedQueue<>();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Random own = new Random(random.nextLong());
            clients.add(Thread.ofVirtual().start(() -> callOn(node, key, own, whole)));
        }
        Eventually.ask(whole::size, count -> count > CLIENTS);
        assertThat(node.endBy(fault)).isEqualTo(3);
        for (Thread client : clients) {
            client.join();
        }
        return List.copyOf(whole);
    }

    private static void callOn(NodeProcess node, String key, Random random, Queue<String> whole) {
        try {
            while (true) {
                OneCallClient oneCallClient = OneCallClient.random(random);
                oneCallClient
                        .call(node.address(), key)
                        .whole()
                        .filter(oneCallClient.clientRequest()::isWhole)
                        .ifPresent(whole::add);
            }
        } catch (IOException theServerIsGone) {
            // The fault has ended the server.
        }
    }

    private static void assertBalanced(AdminTestClient adminTestClient, List<String> whole) {
        Eventually.ask(() -> adminTestClient.quota("everyone").heldUsd(), "0.00"::equals);
        String audit = adminTestClient.get(AdminApi.AUDIT).body();
        assertThat(HttpTestClient.json(audit).path("balanced").asBoolean()).as(audit).isTrue();
        List<String> charged =
                adminTestClient.calls().stream()
                        .filter(call -> call.state().equals("charged"))
                        .map(AdminApi.Call::id)
                        .toList();
        assertThat(whole).allMatch(answer -> charged.stream().anyMatch(answer::contains));
    }
}
