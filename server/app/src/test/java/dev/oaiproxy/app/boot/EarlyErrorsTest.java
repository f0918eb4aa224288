package dev.oaiproxy.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.proxy.log.LimitedLog;
import dev.oaiproxy.proxy.log.RefusalLog;
import dev.oaiproxy.proxy.openai.CorsOrigins;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The responses to requests that fail outside of the routes. */
@Tag("fast")
final class EarlyErrorsTest {
    private static DirectHandler.TransportResponse answer(DirectHandler.EventType type, int code) {
        try (LimitedLog log = new LimitedLog(() -> Instant.EPOCH)) {
            return EarlyErrors.handlers(new RefusalLog(log, reason -> {}), CorsOrigins.parse(""))
                    .handler(type)
                    .handle(
                            DirectHandler.TransportRequest.empty(),
                            type,
                            Status.create(code),
                            ServerResponseHeaders.create(),
                            "played");
        }
    }

    @Test
    void tellsSdksNotToRepeatWhatTheProxyFailedAt() {
        DirectHandler.TransportResponse answer =
                answer(DirectHandler.EventType.INTERNAL_ERROR, 500);
        assertThat(answer.status().code()).isEqualTo(500);
        assertThat(answer.headers().get(HeaderNames.create("x-should-retry")).get())
                .isEqualTo("false");
        assertThat(new String(answer.entity().orElseThrow(), StandardCharsets.UTF_8))
                .contains("internal_error");
    }

    @ParameterizedTest
    @CsvSource({"BAD_REQUEST,400", "OTHER,404"})
    void leavesWhatIsTheRequestsOwnFaultToSdks(DirectHandler.EventType type, int code) {
        assertThat(answer(type, code).headers().contains(HeaderNames.create("x-should-retry")))
                .isFalse();
    }
}
