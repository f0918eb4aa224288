package dev.oaiproxy.e2e.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.models.responses.CustomTool;
import com.openai.models.responses.NamespaceTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.Tool;
import com.openai.models.responses.ToolSearchTool;
import com.openai.models.responses.WebSearchTool;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The official SDK with tools in each form that it supports. */
@Tag("server")
@Timeout(120)
final class ToolsSdkTest {
    @TempDir Path home;

    private ProxyFixture proxyFixture;
    private OpenAIClient client;

    @BeforeEach
    void start() {
        proxyFixture = ProxyFixture.in(home);
        client = proxyFixture.site().sdk(proxyFixture.bob().secret());
    }

    @AfterEach
    void stop() {
        proxyFixture.close();
    }

    private static NamespaceTool namespace() {
        return NamespaceTool.builder()
                .name("crm")
                .description("Customers")
                .addTool(CustomTool.builder().name("look_up").build())
                .build();
    }

    private static WebSearchTool search() {
        return WebSearchTool.builder().type(WebSearchTool.Type.WEB_SEARCH).build();
    }

    private static Tool.Mcp dice() {
        return Tool.Mcp.builder()
                .serverLabel("dice")
                .serverUrl("https://example.com/mcp")
                .requireApproval(Tool.Mcp.RequireApproval.McpToolApprovalSetting.NEVER)
                .build();
    }

    private static ResponseCreateParams.Builder ask() {
        return ResponseCreateParams.builder().model("gpt-5.6-luna").input("hi [[tokens=5]]");
    }

    /** The units of the last call, which must equal those of the stand-in's bill. */
    private List<String> units() {
        String last = proxyFixture.site().operator().calls().getFirst().id();
        return proxyFixture.charged(last, ExpectedCosts.last(proxyFixture.site())).lines().stream()
                .map(line -> line.unit())
                .toList();
    }

    @Test
    void groupsToolsOfItsOwn() {
        ToolSearchTool finder =
                ToolSearchTool.builder()
                        .execution(ToolSearchTool.Execution.CLIENT)
                        .description("Finds tools")
                        .parameters(JsonValue.from(Map.of("type", "object")))
                        .build();
        Response answer =
                client.responses()
                        .create(ask().addTool(namespace()).addTool(finder).build())
                        .validate();
        assertThat(answer.usage()).isPresent();
        assertThat(units()).isSubsetOf("input", "cached_input", "cache_write", "output");
    }

    @Test
    void asksAServerOfItsOwn() {
        Response answer = client.responses().create(ask().addTool(dice()).build());
        assertThat(answer.output()).anyMatch(item -> item.isMcpCall());
        assertThat(units()).isSubsetOf("input", "cached_input", "cache_write", "output");
    }

    @Test
    void bringsToolsInAnItem() {
        ResponseInputItem.AdditionalTools item =
                ResponseInputItem.AdditionalTools.builder()
                        .role(JsonValue.from("developer"))
                        .addTool(Tool.ofNamespace(namespace()))
                        .addTool(Tool.ofWebSearch(search()))
                        .build();
        ResponseCreateParams.Input input =
                ResponseCreateParams.Input.ofResponse(
                        List.of(ResponseInputItem.ofAdditionalTools(item)));
        ResponseCreateParams params = ask().input(input).store(false).build();
        try (StreamResponse<ResponseStreamEvent> events =
                client.responses().createStreaming(params)) {
            assertThat(events.stream().toList().getLast().isCompleted()).isTrue();
        }
        assertThat(units()).contains("web_search");
    }
}
