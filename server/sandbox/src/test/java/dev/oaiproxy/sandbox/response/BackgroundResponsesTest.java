package dev.oaiproxy.sandbox.response;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxClient;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("server")
final class BackgroundResponsesTest {
    private static final String BACKGROUND = "\"background\":true";

    @AutoClose private final SandboxClient client = SandboxClient.start();

    private JsonNode start(String text) throws Exception {
        return client.json("/responses", SandboxClient.response("gpt-4o", text, BACKGROUND));
    }

    /** Polls until the response has ended. */
    private List<JsonNode> poll(JsonNode started) throws Exception {
        List<JsonNode> seen = new ArrayList<>();
        String status = "";
        while (!Set.of("completed", "failed", "incomplete", "cancelled").contains(status)) {
            seen.add(client.json("/responses/" + started.path("id").asText(), ""));
            status = seen.getLast().path("status").asText();
        }
        return seen;
    }

    @Test
    void goesFromQueuedToCompletedAndIsBilledOnce() throws Exception {
        JsonNode started = start("[[tokens=2 delay=300ms]]");
        List<JsonNode> seen = poll(started);

        assertThat(started.path("status").asText()).isEqualTo("queued");
        assertThat(started.path("usage").isNull()).isTrue();
        Set<String> states = new LinkedHashSet<>();
        seen.forEach(response -> states.add(response.path("status").asText()));
        assertThat(states).containsExactly("queued", "in_progress", "completed");
        assertThat(seen.getLast().at("/usage/output_tokens").asInt()).isEqualTo(2);
        poll(started);
        assertThat(client.bill().await(1)).hasSize(1);
        assertThat(client.bill().entries().getFirst().tokens().completion()).isEqualTo(2);
    }

    @Test
    void chargesWhatWasMadeUntilItWasCancelled() throws Exception {
        String path = "/responses/" + start("[[tokens=500 delay=1s]]").path("id").asText();
        JsonNode cancelled = client.json(path + "/cancel", "{}");

        assertThat(cancelled.path("status").asText()).isEqualTo("cancelled");
        assertThat(cancelled.path("usage").isNull()).isTrue();
        SandboxBill.BillEntry entry = client.bill().await(1).getFirst();
        assertThat(entry.ending()).isEqualTo(CallEnd.ABORTED);
        assertThat(entry.tokens().completion()).isLessThan(500);
        assertThat(client.json(path, "").path("status").asText()).isEqualTo("cancelled");
    }

    @Test
    void doesNotCancelWhatIsNotInTheBackground() throws Exception {
        JsonNode body = client.json("/responses", SandboxClient.response("gpt-4o", "Hi", ""));
        String path = "/responses/" + body.path("id").asText() + "/cancel";
        assertThat(client.json(path, "{}").has("error")).isTrue();
    }

    @Test
    void streamsAndCanBeStreamedAgainFromAnyEventOn() throws Exception {
        String request =
                SandboxClient.response("gpt-4o", "[[tokens=2]]", BACKGROUND + ",\"stream\":true");
        List<JsonNode> events = client.stream("/responses", request);
        String id = events.getFirst().at("/response/id").asText();
        List<JsonNode> again =
                client.stream("/responses/" + id + "?stream=true&starting_after=4", "");

        assertThat(events.get(1).path("type").asText()).isEqualTo("response.queued");
        assertThat(events.getLast().path("type").asText()).isEqualTo("response.completed");
        assertThat(again).isEqualTo(events.subList(5, events.size()));
        assertThat(client.bill().await(1)).hasSize(1);
    }

    @Test
    void worksOnWhenItsStreamIsCut() throws Exception {
        String request =
                SandboxClient.response(
                        "gpt-4o", "[[fault=error-event after=3]]", BACKGROUND + ",\"stream\":true");
        List<JsonNode> events = client.stream("/responses", request);
        List<JsonNode> seen = poll(events.getFirst().path("response"));

        assertThat(events).hasSize(4);
        assertThat(events.getLast().path("type").asText()).isEqualTo("error");
        assertThat(seen.getLast().path("status").asText()).isEqualTo("completed");
        assertThat(client.bill().await(1).getFirst().ending()).isEqualTo(CallEnd.COMPLETE);
    }

    @Test
    void failsWithAndWithoutItsUsage() throws Exception {
        JsonNode told = poll(start("[[fault=failed after=7]]")).getLast();
        JsonNode silent = poll(start("[[fault=failed-no-usage]]")).getLast();

        assertThat(told.path("status").asText()).isEqualTo("failed");
        assertThat(told.at("/error/code").asText()).isEqualTo("server_error");
        assertThat(told.at("/usage/output_tokens").asInt()).isEqualTo(2);
        assertThat(silent.path("usage").isNull()).isTrue();
        assertThat(client.bill().await(2))
                .extracting(entry -> entry.tokens().completion())
                .containsExactly(2, 0);
    }
}
