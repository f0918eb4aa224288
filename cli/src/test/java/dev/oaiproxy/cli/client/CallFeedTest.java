package dev.oaiproxy.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.FakeServer;
import dev.oaiproxy.cli.SampleAnswers;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallFeedTest {
    private final FakeServer server = new FakeServer();
    private final List<Call> newestFirst = new ArrayList<>();
    private final CallFeed feed =
            new CallFeed(
                    new AdminClient(
                            new AdminEndpoint(
                                    URI.create(server.url()), Optional.empty(), Optional.empty())),
                    Query.none());

    @BeforeEach
    void start() {
        server.onEach("GET /admin/v1/calls", () -> new Page<>(List.copyOf(newestFirst), null));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void tellsEachCallOnceOldestFirst() {
        add("c1", "charged");
        add("c2", "released");

        assertThat(ids(feed.first(50))).containsExactly("c1", "c2");
        assertThat(feed.fresh()).isEmpty();
        add("c3", "charged");
        assertThat(ids(feed.fresh())).containsExactly("c3");
    }

    @Test
    void tellsAHeldCallWhenItHasEnded() {
        add("c1", "held");
        add("c2", "charged");

        assertThat(ids(feed.first(50))).containsExactly("c2");
        assertThat(feed.fresh()).isEmpty();
        newestFirst.set(1, SampleAnswers.call("c1", "charged", "1"));
        assertThat(ids(feed.fresh())).containsExactly("c1");
        assertThat(feed.fresh()).isEmpty();
    }

    @Test
    void doesNotTellOlderCallsThanItBeganWith() {
        add("c1", "charged");
        add("c2", "charged");

        assertThat(ids(feed.first(1))).containsExactly("c2");
        assertThat(feed.fresh()).isEmpty();
    }

    @Test
    void tellsACallThatWasCommittedAfterANewerOne() {
        add("c1", "charged");
        add("c3", "charged");
        feed.first(50);
        newestFirst.add(1, SampleAnswers.call("c2", "charged", "1"));

        assertThat(ids(feed.fresh())).containsExactly("c2");
    }

    @Test
    void asksForAHeldCallThatIsNoLongerListed() {
        add("c1", "held");
        feed.first(50);
        newestFirst.clear();
        add("c2", "charged");
        server.on("GET /admin/v1/calls/c1", SampleAnswers.detail("c1"));

        assertThat(ids(feed.fresh())).containsExactly("c1", "c2");
    }

    private void add(String id, String state) {
        newestFirst.addFirst(SampleAnswers.call(id, state, "1"));
    }

    private static List<String> ids(List<Call> calls) {
        return calls.stream().map(Call::id).toList();
    }
}
