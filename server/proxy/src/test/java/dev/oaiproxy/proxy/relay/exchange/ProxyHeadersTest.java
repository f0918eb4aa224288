package dev.oaiproxy.proxy.relay.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.proxy.upstream.Headers;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class ProxyHeadersTest {
    private static List<String> sent(String header, String value) {
        Headers headers = Headers.of("Accept", "*/*", header, value);
        ProxyRequest request =
                new ProxyRequest(
                        "POST",
                        "/responses",
                        null,
                        headers,
                        null,
                        ProxyRequest.Incoming.of(new byte[0]),
                        new ByteBudget(1).lease());
        return ProxyHeaders.request(request, new byte[0]).headers().all().stream()
                .map(Headers.Header::name)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Idempotency-Key",
                "X-Idempotency-Key",
                "X-HTTP-Method-Override",
                "X-HTTP-Method",
                "X-Method-Override",
                "X-Original-URL",
                "X-Rewrite-URL",
                "OpenAI-Project",
                "openai_project",
                "OPENAI_Organization",
                "X_API_Key",
                "X_HTTP_Method_Override",
                "Transfer_Encoding"
            })
    void headersThatCouldMoveACallElsewhereStayBehind(String name) {
        assertThat(sent(name, "x")).containsExactly("Accept");
    }

    @Test
    void othersPass() {
        assertThat(sent("OpenAI-Beta", "x=v1")).containsExactly("Accept", "OpenAI-Beta");
        assertThat(sent("X-Client-Request-Id", "1")).contains("X-Client-Request-Id");
    }
}
