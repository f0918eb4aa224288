package dev.oaiproxy.proxy.upstream;

import static dev.oaiproxy.proxy.upstream.UpstreamFixture.LONG;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.call;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.post;
import static dev.oaiproxy.proxy.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.proxy.upstream.UpstreamException.SendState;
import dev.oaiproxy.sandbox.OpenAiStandIn;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.StandInSettings;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client against the stand-in; each was written independently of the other. */
@Timeout(60)
@Tag("server")
final class StandInUpstreamTest {
    private final OpenAiStandIn standIn = OpenAiStandIn.start(StandInSettings.DEFAULT);
    private final HttpUpstream upstream = upstream(LONG);

    @AfterEach
    void stop() {
        upstream.close();
        standIn.close();
    }

    private HttpUpstream upstream(Duration readTimeout) {
        return new HttpUpstream(
                new UpstreamSettings(standIn.baseUrl(), standIn.apiKey(), LONG, readTimeout, 4));
    }

    private static String stream(String text) {
        return """
        {"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"%s"}]}\
        """
                .formatted(text);
    }

    @Test
    void readsWholeAnswersAndStreamsOnTheSameConnection() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(call(upstream, stream("Hello"))).endsWith("data: [DONE]\n\n");
            assertThat(call(upstream, stream("Hello").replace("true", "false")))
                    .contains("\"total_tokens\"");
        }
    }

    @Test
    void aHangUpIsSeenByTheOtherSide() throws Exception {
        String request = stream("[[tokens=5000]] [[delay=10ms]]");
        try (UpstreamResponse response = upstream.send(post(request))) {
            assertThat(response.read(new byte[64])).isPositive();
        }
        assertThat(standIn.bill().await(1).getFirst().ending()).isEqualTo(CallEnd.ABORTED);
        assertThat(call(upstream, stream("Hello"))).endsWith("data: [DONE]\n\n");
    }

    @Test
    void doesNotKnowTheCostOfWhatIsCut() {
        assertUnknown(() -> call(upstream, stream("[[fault=cut after=3]]")));
        assertUnknown(() -> call(upstream, stream("[[fault=cut]]").replace("true", "false")));
        assertUnknown(() -> call(upstream, stream("[[fault=close]]")));
        assertThat(standIn.bill().entries())
                .extracting(entry -> entry.ending())
                .containsExactly(CallEnd.BROKEN, CallEnd.BROKEN, CallEnd.BROKEN);
    }

    @Test
    void givesUpOnAStalledStream() throws Exception {
        try (HttpUpstream impatient = upstream(Duration.ofMillis(200));
                UpstreamResponse response =
                        impatient.send(post(stream("[[fault=stall after=2]]")))) {
            assertUnknown(() -> read(response));
            assertThat(standIn.bill().await(1).getFirst().ending()).isEqualTo(CallEnd.ABORTED);
        }
    }

    private static void assertUnknown(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        failure -> assertThat(failure.sendState()).isEqualTo(SendState.UNKNOWN));
    }
}
