package dev.oaiproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
@Tag("server")
final class InjectedFaultsTest {
    private static final String STREAM =
            "\"stream\":true,\"stream_options\":{\"include_usage\":true}";

    @AutoClose private final SandboxClient client = SandboxClient.start();

    @ParameterizedTest
    @CsvSource({
        "429,429,requests,rate_limit_exceeded",
        "rate-limit,429,requests,rate_limit_exceeded",
        "quota,429,insufficient_quota,insufficient_quota",
        "500,500,server_error,",
        "503,503,server_error,"
    })
    void failsAsToldInOpenAisShape(String fault, int status, String type, String code)
            throws Exception {
        for (String more : List.of("", STREAM)) {
            String text = "Hello [[fault=" + fault + "]]";
            HttpResponse<String> answer = client.post(SandboxClient.chat("gpt-4o", text, more));
            assertThat(answer.statusCode()).isEqualTo(status);
            JsonNode error = SandboxClient.JSON.readTree(answer.body()).path("error");
            assertThat(error.path("type").asText()).isEqualTo(type);
            assertThat(error.path("code").asText(null)).isEqualTo(code);
        }
        assertThat(client.bill().entries())
                .extracting(SandboxBill.BillEntry::ending)
                .containsExactly(CallEnd.REFUSED, CallEnd.REFUSED);
    }

    @Test
    void closesWithoutAByte() throws Exception {
        assertThatThrownBy(() -> client.post(SandboxClient.chat("gpt-4o", "[[fault=close]]", "")))
                .isInstanceOf(IOException.class);
        assertThat(client.bill().entries())
                .extracting(SandboxBill.BillEntry::ending)
                .containsExactly(CallEnd.BROKEN);
    }

    @Test
    void cutsAStreamAfterSomeEvents() throws Exception {
        // The JDK's client discards what it has read when a connection breaks, so this reads bytes.
        String seen = exchange(SandboxClient.chat("gpt-4o", "[[fault=cut after=3]]", STREAM));

        assertThat(seen.split("data: ", -1)).hasSize(1 + 3);
        assertThat(seen).doesNotContain("\r\n0\r\n");
        SandboxBill.BillEntry entry = client.bill().await(1).getFirst();
        assertThat(entry.ending()).isEqualTo(CallEnd.BROKEN);
        assertThat(entry.tokens().completion()).isEqualTo(3);
    }

    @Test
    void cutsABodyInside() throws Exception {
        String request = SandboxClient.chat("gpt-4o", "[[fault=cut]]", "");
        HttpResponse<InputStream> answer = client.open(request);
        assertThat(answer.headers().firstValueAsLong("content-length").orElseThrow())
                .isGreaterThan(100);
        assertThatThrownBy(() -> answer.body().readAllBytes()).isInstanceOf(IOException.class);
    }

    @Test
    void stallsUntilTheClientLeaves() throws Exception {
        String request = SandboxClient.chat("gpt-4o", "[[fault=stall after=2]]", STREAM);
        try (BufferedReader lines = lines(client.open(request))) {
            assertThat(lines.readLine()).contains("assistant");
            assertThat(lines.readLine()).isEmpty();
            assertThat(lines.readLine()).contains("This");
            assertThat(lines.readLine()).isEmpty();
            assertThat(client.bill().entries()).isEmpty();
        }
        assertThat(client.bill().await(1).getFirst().ending()).isEqualTo(CallEnd.ABORTED);
    }

    @Test
    void chargesWhatWasMadeWhenTheClientLeavesAStream() throws Exception {
        String request = SandboxClient.chat("o3", "[[tokens=5000]] [[delay=10ms]]", STREAM);
        try (BufferedReader lines = lines(client.open(request))) {
            assertThat(lines.readLine()).contains("assistant");
        }
        SandboxBill.BillEntry entry = client.bill().await(1).getFirst();
        assertThat(entry.ending()).isEqualTo(CallEnd.ABORTED);
        assertThat(entry.tokens().reasoning()).isEqualTo(64);
        assertThat(entry.tokens().completion()).isBetween(64, 64 + 4999);
    }

    @Test
    void chargesWhatWasMadeWhenTheClientLeavesBeforeTheAnswer() throws Exception {
        String request = SandboxClient.chat("gpt-4o", "[[tokens=5000]] [[delay=10ms]]", "");
        try (Socket socket = dial()) {
            socket.getOutputStream().write(raw(request).getBytes(StandardCharsets.US_ASCII));
        }
        SandboxBill.BillEntry entry = client.bill().await(1).getFirst();
        assertThat(entry.ending()).isEqualTo(CallEnd.ABORTED);
        assertThat(entry.tokens().completion()).isBetween(0, 4999);
    }

    @Test
    void sendsAnErrorEventInsteadOfTheRest() throws Exception {
        List<String> events =
                client.events(
                        SandboxClient.chat("gpt-4o", "[[fault=error-event after=2]]", STREAM));

        assertThat(events).hasSize(3);
        assertThat(events.getLast()).contains("\"error\":{").contains("server_error");
    }

    @Test
    void leavesUsageOut() throws Exception {
        String text = "[[fault=no-usage]]";
        assertThat(client.chat(SandboxClient.chat("gpt-4o", text, "")).has("usage")).isFalse();
        assertThat(client.events(SandboxClient.chat("gpt-4o", text, STREAM)))
                .noneMatch(event -> event.contains("prompt_tokens"))
                .last()
                .isEqualTo("[DONE]");
    }

    @Test
    void liesAboutUsage() throws Exception {
        JsonNode bad = client.chat(SandboxClient.chat("gpt-4o", "[[fault=bad-usage]]", ""));
        JsonNode negative =
                client.chat(SandboxClient.chat("gpt-4o", "[[fault=negative-usage]]", ""));

        JsonNode usage = bad.path("usage");
        assertThat(usage.path("prompt_tokens_details").path("cached_tokens").asInt())
                .isGreaterThan(usage.path("prompt_tokens").asInt());
        assertThat(negative.path("usage").path("completion_tokens").asInt()).isNegative();
        assertThat(client.bill().entries()).allMatch(entry -> entry.tokens().completion() == 16);
    }

    @Test
    void takesDirectivesFromATestBeforeThoseInTheText() throws Exception {
        client.standIn().next(Directives.parse("[[fault=500]]"));
        String request = SandboxClient.chat("gpt-4o", "Hello", "");
        assertThat(client.post(request).statusCode()).isEqualTo(500);
        assertThat(client.post(request).statusCode()).isEqualTo(200);
    }

    @Test
    void refusesADirectiveThatItDoesNotKnow() throws Exception {
        for (String text : List.of("[[fault=fire]]", "[[tokens=-1]]", "[[delay=2 fault=cut]]")) {
            assertThat(client.post(SandboxClient.chat("gpt-4o", text, "")).statusCode())
                    .isEqualTo(400);
        }
        String matrix = SandboxClient.chat("gpt-4o", "Invert [[1,2],[3,4]]", "");
        assertThat(client.post(matrix).statusCode()).isEqualTo(200);
        assertThat(Directives.parse("[[delay=3s]]").delay()).hasValue(Duration.ofSeconds(3));
    }

    private String raw(String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n"
                + ("Authorization: Bearer " + client.standIn().apiKey() + "\r\n")
                + ("Content-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /** All bytes until the connection ends. */
    private String exchange(String body) throws IOException {
        try (Socket socket = dial()) {
            socket.getOutputStream().write(raw(body).getBytes(StandardCharsets.US_ASCII));
            byte[] all = socket.getInputStream().readAllBytes();
            return new String(all, StandardCharsets.UTF_8);
        }
    }

    private Socket dial() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), client.standIn().baseUrl().getPort());
    }

    private static BufferedReader lines(HttpResponse<InputStream> answer) {
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }
}
