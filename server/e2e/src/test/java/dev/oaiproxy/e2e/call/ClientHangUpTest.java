package dev.oaiproxy.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.sandbox.SandboxBill;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that disconnect before the end of a response: it is charged exactly. */
@Tag("server")
@Timeout(120)
final class ClientHangUpTest {
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

    private void assertChargedExactly(Call call, int outputTokens) {
        SandboxBill.BillEntry entry = ExpectedCosts.last(site);
        assertThat(entry.ending()).isEqualTo(SandboxBill.CallEnd.COMPLETE);
        assertThat(entry.tokens().completion()).isEqualTo(outputTokens);
        assertThat(call.state()).isEqualTo("charged");
        assertThat(call.costUsd()).isEqualTo(ExpectedCosts.cost(entry));
        assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
    }

    @ParameterizedTest
    @ValueSource(strings = {SampleRequests.STREAM, SampleRequests.WITH_USAGE})
    void inTheMiddleOfAStreamIsChargedToItsEnd(String more) {
        String body = SampleRequests.json("[[tokens=150]] [[delay=3ms]]", more);
        String id;
        try (RawHttpConnection client = RawHttpConnection.chatting(site, bob.secret(), body)) {
            id = client.callId();
            client.event();
            client.event();
        }
        assertChargedExactly(site.operator().endedCall(id).call(), 150);
    }

    @Test
    void whileAWholeAnswerIsMadeIsChargedToItsEnd() {
        String body = SampleRequests.json("[[tokens=50]] [[delay=3ms]]", "");
        RawHttpConnection client = RawHttpConnection.chatting(site, bob.secret(), body);
        Eventually.ask(site.operator()::status, status -> status.callsInFlight() == 1);
        client.close();
        assertChargedExactly(site.operator().endedCalls(1).getFirst(), 50);
    }

    @Test
    void byNotReadingIsCutOffAndChargedToItsEnd() {
        site.restart(Map.of("OAIPROXY_CLIENT_TIMEOUT", "300ms"));
        String body = SampleRequests.json("[[tokens=8000]]", SampleRequests.STREAM + ",\"n\":8");
        try (RawHttpConnection client = RawHttpConnection.chatting(site, bob.secret(), body)) {
            String id = client.callId();
            assertChargedExactly(site.operator().endedCall(id).call(), 8 * 8000);
        }
    }

    @Test
    void stopsOpenAiAndChargesWhatWasSeenWhereThatIsSet() {
        site.restart(Map.of("OAIPROXY_ON_DISCONNECT", "cancel"));
        String body = SampleRequests.json("[[tokens=10000]] [[delay=3ms]]", SampleRequests.STREAM);
        String id;
        try (RawHttpConnection client = RawHttpConnection.chatting(site, bob.secret(), body)) {
            id = client.callId();
            client.event();
        }
        Call call = site.operator().endedCall(id).call();
        assertThat(call.state()).isEqualTo("estimated");
        assertThat(call.reason()).contains("cancelled");
        assertThat(Usd.parse(call.costUsd())).isLessThan(Usd.parse(call.heldUsd()));
        assertThat(call.inputTokens()).isGreaterThanOrEqualTo(body.length());
        assertThat(call.outputTokens()).isPositive();
        assertThat(ExpectedCosts.last(site).ending()).isEqualTo(SandboxBill.CallEnd.ABORTED);
        assertThat(site.operator().quota("user:bob").heldUsd()).isEqualTo("0.00");
    }

    @Test
    void beyondTheDrainsThatAreAllowedIsChargedAtTheHold() {
        site.restart(Map.of("OAIPROXY_DRAIN_CALLS", "0"));
        assertEstimated("[[tokens=100000]] [[delay=3ms]]");
    }

    @Test
    void forLongerThanADrainMayTakeIsChargedAtTheHold() {
        site.restart(Map.of("OAIPROXY_DRAIN_TIME", "50ms"));
        assertEstimated("[[tokens=100000]] [[delay=3ms]]");
    }

    @Test
    void beforeMoreThanADrainMayReadIsChargedAtTheHold() {
        site.restart(Map.of("OAIPROXY_DRAIN_BYTES", "1000"));
        assertEstimated("[[tokens=100000]] [[delay=3ms]]");
    }

    private void assertEstimated(String text) {
        String body = SampleRequests.json(text, SampleRequests.STREAM);
        String id;
        try (RawHttpConnection client = RawHttpConnection.chatting(site, bob.secret(), body)) {
            id = client.callId();
            client.event();
        }
        Call call = site.operator().endedCall(id).call();
        assertThat(call.state()).isEqualTo("estimated");
        assertThat(call.reason()).startsWith("the client disconnected");
        assertThat(call.costUsd()).isEqualTo(call.heldUsd());
        assertThat(site.openAi().bill().entries())
                .allSatisfy(
                        entry -> assertThat(entry.ending()).isEqualTo(SandboxBill.CallEnd.ABORTED));
    }
}
