package dev.oaiproxy.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.sandbox.SandboxBill;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Responses that end after their call are charged once, whichever request sees the end. */
@Tag("server")
@Timeout(120)
final class BackgroundResponsesTest {
    private static final String STREAM = ",\"stream\":true";

    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home);
        bob = site.operator().createKey("bob", "5");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private static String body(String text, String more) {
        return "{\"model\":\"gpt-4o\",\"input\":\"%s\",\"background\":true%s}"
                .formatted(text, more);
    }

    private JsonNode begin(String text) {
        return HttpTestClient.json(
                site.web().post(site.v1("/responses"), bob.secret(), body(text, "")));
    }

    private JsonNode poll(String id) {
        return HttpTestClient.json(site.web().get(site.v1("/responses/" + id), bob.secret()));
    }

    private void assertChargedExactly(Call call) throws InterruptedException {
        SandboxBill.BillEntry entry = site.openAi().bill().await(1).getFirst();
        assertThat(call.state()).as("%s", call).isEqualTo("charged");
        assertThat(call.costUsd()).isEqualTo(ExpectedCosts.cost(entry));
        assertThat(site.openAi().bill().entries()).hasSize(1);
        assertBalanced(call);
    }

    private void assertBalanced(Call call) {
        AdminApi.Quota quota = site.operator().quota("user:bob");
        assertThat(quota.heldUsd()).isEqualTo("0.00");
        assertThat(quota.spentUsd()).isEqualTo(call.costUsd());
        String audit = site.operator().get(AdminApi.AUDIT).body();
        assertThat(HttpTestClient.json(audit).path("findings")).as(audit).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-6.2-sol, 2h, 7",
        "gpt-6.2-sol, 8h, 6",
        "gpt-6.2-sol, soonest, 10",
        "gpt-6.2-astra, 2h, 40"
    })
    void isHeldAtStandardAndChargedAtTheWindowItWasGiven(String model, String window, String output)
            throws Exception {
        String more = ",\"background_options\":{\"completion_window\":\"" + window + "\"}";
        String asked = body("[[tokens=20 delay=10ms]]", more).replace("gpt-4o", model);
        site.web().post(site.v1("/responses"), bob.secret(), asked);
        Call held = site.operator().calls().getFirst();
        Call call = site.operator().endedCalls(1).getFirst();

        assertChargedExactly(call);
        assertThat(outputRate(call)).isEqualTo(output);
        assertThat(Usd.parse(call.costUsd())).isLessThanOrEqualTo(Usd.parse(held.heldUsd()));
    }

    private String outputRate(Call call) {
        return site.operator().endedCall(call.id()).lines().stream()
                .filter(line -> line.unit().equals("output"))
                .findFirst()
                .orElseThrow()
                .rateUsd();
    }

    @Test
    void remembersTheWindowThroughARestart() throws Exception {
        String more = ",\"background_options\":{\"completion_window\":\"8h\"}";
        String asked = body("[[tokens=20 delay=30ms]]", more).replace("gpt-4o", "gpt-6.2-sol");
        site.web().post(site.v1("/responses"), bob.secret(), asked);
        site.restart();
        Call call = site.operator().endedCalls(1).getFirst();
        assertChargedExactly(call);
        assertThat(outputRate(call)).isEqualTo("6");
    }

    @Test
    void refusesAWindowOfAnUnknownPrice() {
        String more = ",\"background_options\":{\"completion_window\":\"24h\"}";
        String asked = body("x", more);
        assertThat(site.web().post(site.v1("/responses"), bob.secret(), asked).statusCode())
                .isEqualTo(400);
        assertThat(site.operator().calls()).isEmpty();
    }

    @Test
    void isHeldUntilItEndsAndThenChargedThoughNobodyAsks() throws Exception {
        JsonNode queued = begin("[[tokens=20 delay=30ms]]");
        assertThat(queued.path("status").asText()).isEqualTo("queued");
        Call held = site.operator().calls().getFirst();
        assertThat(held.state()).isEqualTo("held");
        assertThat(site.operator().status().callsInFlight()).isZero();
        assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo(held.heldUsd());

        Call call = site.operator().endedCalls(1).getFirst();
        assertThat(call.outputTokens()).isEqualTo(20);
        assertChargedExactly(call);
    }

    @Test
    void isChargedOnceThoughItsClientPolls() throws Exception {
        String id = begin("[[tokens=5 delay=100ms]]").path("id").asText();
        Eventually.ask(() -> poll(id), seen -> seen.path("status").asText().equals("completed"));
        Call call = site.operator().endedCalls(1).getFirst();
        poll(id);
        assertThat(site.operator().calls()).hasSize(1);
        assertChargedExactly(call);
    }

    @Test
    void isChargedWhenItsStreamIsLeft() throws Exception {
        site.restart(Map.of("OAIPROXY_ON_DISCONNECT", "cancel"));
        String body = body("[[tokens=40 delay=20ms]]", STREAM);
        try (RawHttpConnection client = RawHttpConnection.to(site)) {
            client.say(
                    """
                    POST /v1/responses HTTP/1.1
                    Host: localhost
                    Authorization: Bearer %s
                    Content-Type: application/json
                    Content-Length: %d

                    %s\
                    """
                            .formatted(bob.secret(), body.length(), body));
            client.event();
            client.event();
        }
        Call call = site.operator().endedCalls(1).getFirst();
        assertThat(call.outputTokens()).isEqualTo(40);
        assertChargedExactly(call);
    }

    @Test
    void isChargedByWhatIsStoredWhenItsStreamBreaks() throws Exception {
        String body = body("[[fault=cut after=4]] [[tokens=3 delay=30ms]]", STREAM);
        String text = site.web().post(site.v1("/responses"), bob.secret(), body).body();
        assertThat(text).contains("upstream_broken");
        assertChargedExactly(site.operator().endedCalls(1).getFirst());
    }

    @Test
    void isChargedFromItsStreamWhenThatIsWhole() throws Exception {
        String body = body("[[tokens=3]]", STREAM);
        site.web().post(site.v1("/responses"), bob.secret(), body);
        assertChargedExactly(site.operator().onlyCallOf(bob));
    }

    @Test
    void isChargedAfterTheProxyHasStoppedAndStartedAgain() throws Exception {
        begin("[[tokens=10 delay=200ms]]");
        site.restart();
        assertThat(site.operator().calls().getFirst().state()).isEqualTo("held");
        assertChargedExactly(site.operator().endedCalls(1).getFirst());
    }

    @Test
    void isChargedWhatIsSeenWhenItIsCancelledAndNobodySaysWhatItCost() {
        String id = begin("[[tokens=500 delay=1s]]").path("id").asText();
        String path = "/responses/" + id + "/cancel";
        site.web()
                .send(
                        HttpTestClient.to(site.v1(path), bob.secret())
                                .POST(BodyPublishers.noBody())
                                .build());
        Call call = site.operator().endedCalls(1).getFirst();
        assertThat(call.state()).isEqualTo("estimated");
        assertThat(Usd.parse(call.costUsd())).isBetween(Usd.ofNanos(1), Usd.parse(call.heldUsd()));
        assertThat(call.costUsd()).isNotEqualTo(call.heldUsd());
        assertThat(call.reason()).isEqualTo("the response states no usage");
        assertBalanced(call);
    }

    @Test
    void isChargedAtItsHoldWhenOpenAiHasForgottenIt() {
        begin("[[tokens=10 delay=1s]]");
        site.restartOpenAi();
        Call call = site.operator().endedCalls(1).getFirst();
        assertThat(call.state()).isEqualTo("estimated");
        assertThat(call.reason()).isEqualTo("OpenAI no longer has the response");
        assertBalanced(call);
    }

    @Test
    void isChargedForWhatItMadeBeforeItFailed() throws Exception {
        begin("[[fault=failed after=7]]");
        assertChargedExactly(site.operator().endedCalls(1).getFirst());
    }
}
