package dev.oaiproxy.e2e.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.sandbox.WebSocketTestClient;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Responses over one socket; each is a call of its own. */
@Tag("server")
@Timeout(120)
final class ResponsesSocketTest {
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

    private WebSocketTestClient open() {
        return WebSocketTestClient.at(
                site.v1("/responses"), "Authorization", "Bearer " + bob.secret());
    }

    private static String create(String text, String more) {
        return "{'type':'response.create','model':'gpt-5.4-mini','input':'"
                + text
                + "'"
                + more
                + "}";
    }

    private void assertTheBillIsTheLedger(int count) {
        List<Call> calls = site.operator().endedCalls(count);
        assertThat(calls).allMatch(call -> call.state().equals("charged"));
        Usd booked =
                calls.stream().map(call -> Usd.parse(call.costUsd())).reduce(Usd.ZERO, Usd::plus);
        Usd billed =
                site.openAi().bill().entries().stream()
                        .map(entry -> Usd.parse(ExpectedCosts.cost(entry)))
                        .reduce(Usd.ZERO, Usd::plus);
        assertThat(booked).isEqualTo(billed).isGreaterThan(Usd.ZERO);
        assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
    }

    @Test
    void areChargedOneByOneBeforeTheirEndIsTold() {
        try (WebSocketTestClient client = open()) {
            client.say(create("[[tokens=5]]", ""));
            JsonNode first = client.event("response.completed").path("response");
            assertThat(site.operator().calls())
                    .singleElement()
                    .matches(call -> call.state().equals("charged"));
            String more = ",'previous_response_id':'" + first.path("id").asText() + "'";
            client.say(create("[[tokens=7]]", more)).event("response.completed");
            client.say(create("warm up", ",'generate':false")).event("response.completed");
        }
        assertTheBillIsTheLedger(3);
    }

    /** A text that is cut within an emoji ends with half of a surrogate pair. */
    @Test
    void takeNamesThatWereCutWithinACharacter() {
        List<String> halves = List.of("k\\ud83d", "\\ude00k", "x".repeat(80) + "\\ud83d");
        try (WebSocketTestClient client = open()) {
            for (String half : halves) {
                client.say(create("[[tokens=5]]", ",'prompt_cache_key':'" + half + "'"));
                client.event("response.completed");
            }
        }
        assertTheBillIsTheLedger(halves.size());
    }

    @Test
    void areChargedToTheirEndWhenTheClientHangsUp() {
        try (WebSocketTestClient client = open()) {
            client.say(create("[[tokens=100]] [[delay=5ms]]", ""));
            client.event("response.output_text.delta");
        }
        assertTheBillIsTheLedger(1);
        assertThat(ExpectedCosts.last(site).ending())
                .isEqualTo(dev.oaiproxy.sandbox.SandboxBill.CallEnd.COMPLETE);
    }

    @Test
    void arePassedOnOnlyAsFarAsTheyAreMeteredAndOnesOwn() {
        try (WebSocketTestClient client = open()) {
            client.say(create("hi", ",'previous_response_id':'resp_of_ann'"));
            assertThat(error(client)).contains("'resp_of_ann' not found");
            client.say(create("hi", ",'background':true"));
            assertThat(error(client)).contains("background");
            client.say(create("hi", ",'model':'gpt-5'"));
            assertThat(error(client)).isNotEmpty();
            client.say("{'type':'response.create','model':'gpt-99','input':'hi'}");
            assertThat(error(client)).contains("gpt-99");
            client.say("{'type':'response.invent'}");
            assertThat(error(client)).contains("does not know");
        }
        assertThat(site.operator().calls()).isEmpty();
        assertThat(site.openAi().bill().entries()).isEmpty();
    }

    @Test
    void areChargedWhateverElseOpenAiWasMadeToObjectTo() {
        try (WebSocketTestClient client = open()) {
            client.say("{'type':'response.cancel'}").say(create("[[tokens=5]]", ""));
            client.event("error");
            client.event("response.completed");
        }
        assertTheBillIsTheLedger(1);
    }

    @Test
    void areRefusedWhileOneIsUnderWay() {
        try (WebSocketTestClient client = open()) {
            client.say(create("[[tokens=40]] [[delay=5ms]]", ""))
                    .say(create("[[tokens=5]]", ",'event_id':'second'"));
            JsonNode error = client.event("error").path("error");
            assertThat(error.path("message").asText()).contains("in progress");
            assertThat(error.path("event_id").asText()).isEqualTo("second");
            client.event("response.completed");
        }
        assertTheBillIsTheLedger(1);
        assertThat(site.openAi().bill().entries()).hasSize(1);
    }

    @Test
    void goOnWhenTheDatabaseCouldNotBeReadForOne() throws SQLException {
        try (WebSocketTestClient client = open()) {
            ledger("ALTER TABLE objects RENAME TO hidden");
            client.say(create("hi", ",'previous_response_id':'resp_1'"));
            assertThat(error(client)).isNotEmpty();
            ledger("ALTER TABLE hidden RENAME TO objects");
            client.say(create("[[tokens=5]]", "")).event("response.completed");
        }
        assertTheBillIsTheLedger(1);
    }

    private void ledger(String statement) throws SQLException {
        String file = "jdbc:sqlite:" + home.resolve("proxy_api.db") + "?busy_timeout=10000";
        try (Connection connection = DriverManager.getConnection(file);
                Statement change = connection.createStatement()) {
            change.execute(statement);
        }
    }

    @Test
    void takeNoParametersInTheirAddress() {
        assertThatExceptionOfType(WebSocketTestClient.RefusedException.class)
                .isThrownBy(
                        () ->
                                WebSocketTestClient.at(
                                        site.v1("/responses?model=gpt-5"),
                                        "Authorization",
                                        "Bearer " + bob.secret()))
                .matches(refused -> refused.status() == 400);
    }

    private static String error(WebSocketTestClient client) {
        return client.event("error").path("error").path("message").asText();
    }

    @Test
    void areRefusedOneByOneWhereTheQuotaIsGone() {
        bob = site.operator().createKey("ann", "0.0001");
        try (WebSocketTestClient client = open()) {
            client.say(create("hi", ""));
            JsonNode error = client.event("error").path("error");
            assertThat(error.path("code").asText()).isEqualTo("insufficient_quota");
            assertThat(error.path("message").asText())
                    .contains("0.0001 of 0.0001 USD is free", "This call needs ", ": input ")
                    .endsWith("Ask your administrator for more.");
            client.say(create("hi", ""));
            client.event("error");
        }
    }
}
