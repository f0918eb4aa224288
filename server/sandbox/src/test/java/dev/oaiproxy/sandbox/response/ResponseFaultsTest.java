package dev.oaiproxy.sandbox.response;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxClient;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("server")
final class ResponseFaultsTest {
    @AutoClose private final SandboxClient client = SandboxClient.start();

    private List<JsonNode> stream(String text) throws Exception {
        return client.stream(
                "/responses", SandboxClient.response("gpt-4o", text, "\"stream\":true"));
    }

    private SandboxBill.BillEntry last() throws Exception {
        return client.bill().await(1).getLast();
    }

    @ParameterizedTest
    @CsvSource({"failed,2", "failed-no-usage,0"})
    void failsAfterItHasBegun(String fault, int billed) throws Exception {
        List<JsonNode> events = stream("[[fault=" + fault + " after=6]]");

        assertThat(events).hasSize(7);
        assertThat(events.getLast().path("type").asText()).isEqualTo("response.failed");
        assertThat(events.getLast().at("/response/error/code").asText()).isEqualTo("server_error");
        assertThat(events.getLast().at("/response/usage/output_tokens").asInt()).isEqualTo(billed);
        assertThat(last().tokens().completion()).isEqualTo(billed);
        assertThat(last().ending()).isEqualTo(CallEnd.BROKEN);
    }

    @Test
    void sendsAnErrorEventInsteadOfTheRest() throws Exception {
        List<JsonNode> events = stream("[[fault=error-event after=6]]");

        assertThat(events).hasSize(7);
        assertThat(events.getLast().path("type").asText()).isEqualTo("error");
        assertThat(events.getLast().path("sequence_number").asInt()).isEqualTo(6);
        assertThat(last().tokens().completion()).isEqualTo(2);
    }

    @Test
    void breaksOffAsTold() throws Exception {
        assertThatThrownBy(() -> stream("[[fault=cut after=6]]")).isInstanceOf(IOException.class);
        assertThat(last().ending()).isEqualTo(CallEnd.BROKEN);
        assertThatThrownBy(() -> stream("[[fault=close]]")).isInstanceOf(IOException.class);
        assertThat(last().status()).isZero();
        String refused = SandboxClient.response("gpt-4o", "[[fault=429]]", "\"stream\":true");
        assertThat(client.json("/responses", refused).at("/error/code").asText())
                .isEqualTo("rate_limit_exceeded");
        String request = SandboxClient.response("gpt-4o", "[[fault=cut]]", "");
        assertThatThrownBy(() -> client.json("/responses", request))
                .isInstanceOf(IOException.class);
    }

    @Test
    void leavesUsageOutOrLiesAboutIt() throws Exception {
        assertThat(stream("[[fault=no-usage]]").getLast().at("/response/usage").isNull()).isTrue();
        JsonNode bad = stream("[[fault=bad-usage]]").getLast().at("/response/usage");
        assertThat(bad.at("/input_tokens_details/cached_tokens").asInt())
                .isGreaterThan(bad.path("input_tokens").asInt());
        JsonNode negative = stream("[[fault=negative-usage]]").getLast().at("/response/usage");
        assertThat(negative.path("output_tokens").asInt()).isNegative();
        assertThat(client.bill().entries()).allMatch(entry -> entry.tokens().completion() == 16);
    }
}
