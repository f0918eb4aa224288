package dev.oaiproxy.e2e.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.sandbox.WebSocketTestClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls under a small memory budget. */
@Tag("server")
@Timeout(120)
final class MemoryBudgetTest {
    private static final int BODY = 400_000;

    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home, Map.of("OAIPROXY_MEMORY", "2097152"));
        bob = site.operator().createKey("bob", "100");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private ByteBudget memory() {
        return site.server().memory();
    }

    private HttpResponse<String> chat(String text, String more) {
        return site.web()
                .post(site.v1("/chat/completions"), bob.secret(), SampleRequests.json(text, more));
    }

    private void assertNothingIsHeld() {
        assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
        Eventually.ask(memory()::used, used -> used == 0);
    }

    @Test
    void anAnnouncedBodyCostsItsSenderNothing() {
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.post("/chat/completions", bob.secret(), "application/json", 1_800_000);
            client.write(new byte[1000]);
            Eventually.ask(memory()::used, used -> used > 0);
            assertThat(memory().used()).isLessThan(20_000);
        }
        assertNothingIsHeld();
    }

    @Test
    void aBodyForWhichThereIsNoRoomIsRefusedUntilThereIs() {
        try (RawHttpConnection other = RawHttpConnection.to(site)) {
            other.post("/chat/completions", bob.secret(), "application/json", 1_200_000);
            other.write(new byte[1_000_000]);
            Eventually.ask(memory()::used, used -> used >= 1_200_000);
            HttpResponse<String> refused = chat("a".repeat(BODY), "");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(HttpTestClient.json(refused).at("/error/code").asText())
                    .isEqualTo("server_busy");
            assertThat(HttpTestClient.header(refused, "Retry-After")).isEqualTo("5");
            assertThat(memory().refusals(Use.REQUEST)).isPositive();
            assertThat(site.operator().calls()).isEmpty();
            String alice = site.operator().createKey("alice", "5").secret();
            String small = SampleRequests.json("hello [[tokens=5]]", "");
            assertThat(site.web().post(site.v1("/chat/completions"), alice, small).statusCode())
                    .isEqualTo(200);
        }
        Eventually.ask(memory()::used, used -> used == 0);
        assertThat(chat("a".repeat(BODY), "\"max_tokens\":5").statusCode()).isEqualTo(200);
        assertNothingIsHeld();
    }

    @Test
    void aBodyThatCouldNeverBeHeldIsTooLarge() {
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.post("/files", bob.secret(), "application/json", 2_000_000);
            assertThat(client.answer()).startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void namesWithoutNumberAreRefusedBeforeTheyAreParsed() {
        StringBuilder names = new StringBuilder("\"n\":1");
        for (int i = 0; i < 20_000; i++) {
            names.append(",\"").append(i).append("\":1");
        }
        assertThat(chat("hello", names.toString()).statusCode()).isEqualTo(503);
        assertNothingIsHeld();
    }

    @Test
    void recordingGivesWayFirst() {
        HttpResponse<String> answer;
        CreatedKey alice = site.operator().createKey("alice", "5");
        // It leaves little of what recording may have. A record is compressed as it grows.
        try (RawHttpConnection other = RawHttpConnection.to(site)) {
            other.post("/chat/completions", alice.secret(), "application/json", 1_000_000);
            other.write(new byte[500_000]);
            Eventually.ask(memory()::used, used -> used >= 1_000_000);
            answer = chat("[[tokens=3000]]", SampleRequests.STREAM + ",\"n\":4");
            assertThat(memory().used()).isGreaterThanOrEqualTo(1_000_000);
        }
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("[DONE]").hasSizeGreaterThan(1 << 20);
        CallDetail call =
                site.operator().endedCall(HttpTestClient.header(answer, "x-oaiproxy-call-id"));
        assertThat(call.call().state()).isEqualTo("charged");
        assertThat(call.call().costUsd()).isEqualTo(ExpectedCosts.cost(ExpectedCosts.last(site)));
        assertThat(call.requestCut()).isFalse();
        assertThat(call.responseCut()).isTrue();
        assertThat(memory().refusals(Use.RECORDING)).isPositive();
        assertNothingIsHeld();
    }

    @Test
    void aMixOfCallsAndFailuresLeavesNothingBehind() {
        String[] texts = {
            "hello [[tokens=5]]",
            "[[fault=status-500]]",
            "[[fault=close-before-body]]",
            "[[fault=cut-body after=2]]",
            "[[tokens=200]]"
        };
        for (String text : texts) {
            chat(text, "");
            chat(text, SampleRequests.STREAM);
            chat(text, "\"stream\":tru");
        }
        for (int i = 0; i < 5; i++) {
            String body =
                    SampleRequests.json("[[tokens=300]] [[delay=1ms]]", SampleRequests.STREAM);
            try (RawHttpConnection client = RawHttpConnection.chatting(site, bob.secret(), body)) {
                client.event();
            }
            try (RawHttpConnection client = RawHttpConnection.to(site)) {
                client.post("/chat/completions", bob.secret(), "application/json", 100_000);
                client.write(new byte[50_000]);
            }
        }
        site.web().get(site.v1("/models"), bob.secret());
        site.web().get(site.v1("/files"), bob.secret());
        try (WebSocketTestClient client =
                WebSocketTestClient.at(
                        site.v1("/responses"), "Authorization", "Bearer " + bob.secret())) {
            client.say("{'type':'response.create','model':'gpt-5.4-mini','input':'[[tokens=5]]'}");
            client.event("response.completed");
            client.say("{'type':'response.create','model':'gpt-5.4-mini','input':'[[tokens=50]]'}");
        }
        Eventually.ask(site.operator()::status, status -> status.callsInFlight() == 0);
        assertNothingIsHeld();
    }
}
