package dev.oaiproxy.proxy.relay.socket;

import static dev.oaiproxy.proxy.relay.exchange.CaughtRefusal.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tools that a realtime session may have. */
@Tag("fast")
final class SessionRulesTest {
    private static final SessionRules RULES = new SessionRules("gpt-realtime-2");

    private static JsonNode session(String tool) throws IOException {
        return new ObjectMapper().readTree(("{'tools':[" + tool + "]}").replace('\'', '"'));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'function','name':'f'}",
                "{'type':'mcp','server_label':'x','server_url':'https://example.com/mcp'}",
                "{'type':'mcp','server_label':'x','connector_id':'connector_gmail'}"
            })
    void takesToolsOfWhichOpenAiBillsTheTokensAlone(String tool) throws IOException {
        RULES.require(session(tool), "session");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'web_search'}",
                "{}",
                "{'type':'mcp','server_label':'x','tunnel_id':'tunnel_1'}"
            })
    void refusesOthers(String tool) throws IOException {
        JsonNode session = session(tool);
        assertThat(refusal(() -> RULES.require(session, "session")))
                .isInstanceOf(Refusal.Malformed.class);
    }
}
