package dev.oaiproxy.sandbox.response;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.storage.Container;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Plans the tool calls of one response. It calls each hosted tool once, or as often as a directive
 * says, up to the request's limit. It calls a client's function only if a directive says so, or
 * once if the request requires a tool.
 */
final class ToolCallPlanner {
    private static final int PAGE_TOKENS = 8_000;
    private static final int FOUND_TOKENS = 4_000;
    private static final Set<String> BRINGING = Set.of("additional_tools", "tool_search_output");
    private static final List<String> SEARCHING = List.of("in_progress", "searching", "completed");

    private final ResponseRequest request;
    private final Directives directives;
    private final SandboxState sandbox;
    private final List<OutputItem> made = new ArrayList<>();

    private ToolCallPlanner(ResponseRequest request, Directives directives, SandboxState sandbox) {
        this.request = request;
        this.directives = directives;
        this.sandbox = sandbox;
    }

    static List<OutputItem> of(
            ResponseRequest request, Directives directives, SandboxState sandbox) {
        ToolCallPlanner calls = new ToolCallPlanner(request, directives, sandbox);
        if (!request.body().path("context_management").isEmpty()) {
            calls.made.add(calls.compaction());
        }
        calls.offer(request.body().path("tools"));
        // Tools that an item brings stay available in all later responses.
        for (ArrayNode items : List.of(request.context(), request.input())) {
            for (JsonNode item : items) {
                if (BRINGING.contains(item.path("type").asText())) {
                    calls.offer(item.path("tools"));
                }
            }
        }
        return calls.made;
    }

    private void offer(JsonNode tools) {
        for (JsonNode tool : tools) {
            if (tool.path("type").asText().equals("namespace")) {
                offer(tool.path("tools"));
            } else {
                use(tool);
            }
        }
    }

    private void use(JsonNode tool) {
        boolean own = tool.path("type").asText().equals("function");
        boolean called = !own || (request.requiresTool() && made.isEmpty());
        int times = directives.calls().orElse(called ? 1 : 0);
        for (int i = 0; i < times && made.size() < request.callLimit(); i++) {
            call(tool).ifPresent(made::add);
        }
        boolean searched = tool.path("type").asText().startsWith("web_search") && times > 0;
        if (searched && made.size() < request.callLimit()) {
            made.add(openPage());
        }
    }

    private Optional<OutputItem> call(JsonNode tool) {
        return switch (tool.path("type").asText()) {
            case "web_search", "web_search_2025_08_26" -> Optional.of(search("web_search"));
            case "web_search_preview", "web_search_preview_2025_03_11" ->
                    Optional.of(search("web_search_preview"));
            case "file_search" -> Optional.of(fileSearch());
            case "code_interpreter" -> Optional.of(code(tool.path("container")));
            case "image_generation" ->
                    Optional.of(ImageToolCall.of(tool, "ig_" + sandbox.nextId()));
            case "function" -> Optional.of(function(tool.path("name").asText()));
            case "mcp" -> Optional.of(serverOfTheCaller(tool.path("server_label").asText()));
            case "tool_search" ->
                    tool.path("execution").asText().equals("client")
                            ? Optional.empty()
                            : Optional.of(toolSearch());
            default -> Optional.empty();
        };
    }

    private ObjectNode item(String type, String prefix) {
        return newObject()
                .put("id", prefix + sandbox.nextId())
                .put("type", type)
                .put("status", "completed");
    }

    /** Search results count as input, except for the preview tool of a model without reasoning. */
    private OutputItem search(String tool) {
        ObjectNode item = item("web_search_call", "ws_");
        ObjectNode action = item.putObject("action").put("type", "search");
        action.put("query", "news").putArray("queries").add("news");
        boolean free = tool.equals("web_search_preview") && !request.model().isReasoning();
        return new OutputItem(
                item,
                SEARCHING,
                List.of(new ExtraUsage("tool:" + tool, "web_search", 1)),
                free ? 0 : PAGE_TOKENS);
    }

    /** An opened page is not billed. */
    private OutputItem openPage() {
        ObjectNode item = item("web_search_call", "ws_");
        item.putObject("action").put("type", "open_page").put("url", "https://example.com/");
        return new OutputItem(item, SEARCHING, List.of(), 0);
    }

    private OutputItem fileSearch() {
        ObjectNode item = item("file_search_call", "fs_");
        item.putArray("queries").add("news");
        item.putNull("results");
        return new OutputItem(
                item,
                SEARCHING,
                List.of(new ExtraUsage("tool:file_search", "file_search", 1)),
                PAGE_TOKENS);
    }

    private OutputItem code(JsonNode container) {
        Optional<String> running =
                container.isTextual() ? Optional.of(container.asText()) : lastContainer();
        ObjectNode item = item("code_interpreter_call", "ci_").put("code", "print(1)");
        item.putNull("outputs");
        List<String> steps = List.of("in_progress", "interpreting", "completed");
        if (running.isPresent()) {
            sandbox.objects(Container.class).find(running.get()).ifPresent(Container::used);
            item.put("container_id", running.get());
            return new OutputItem(item, steps, List.of(), 0);
        }
        Container started = Container.of(sandbox, container);
        sandbox.objects(Container.class).put(started.id(), started);
        item.put("container_id", started.id());
        return new OutputItem(item, steps, List.of(started.fee()), 0);
    }

    /** An automatic container is reused by the response that started it and by later ones. */
    private Optional<String> lastContainer() {
        List<String> ids = new ArrayList<>(request.context().findValuesAsText("container_id"));
        made.forEach(item -> ids.addAll(item.json().findValuesAsText("container_id")));
        return ids.isEmpty()
                ? Optional.empty()
                : sandbox.objects(Container.class)
                        .find(ids.getLast())
                        .filter(Container::isRunning)
                        .map(Container::id);
    }

    /** A call of an MCP server costs only the tokens of its result. */
    private OutputItem serverOfTheCaller(String label) {
        ObjectNode item = item("mcp_call", "mcp_").put("server_label", label);
        item.put("name", "roll").put("arguments", "{}").put("output", "4").putNull("error");
        return new OutputItem(item, List.of("in_progress", "completed"), List.of(), FOUND_TOKENS);
    }

    /** A compaction reads the whole input once more. */
    private OutputItem compaction() {
        ObjectNode item = newObject();
        item.put("id", "cmp_" + sandbox.nextId()).put("type", "compaction");
        item.put("encrypted_content", "c2FuZGJveA==");
        return new OutputItem(item, List.of(), List.of(), request.inputTokens());
    }

    private OutputItem toolSearch() {
        ObjectNode item = item("tool_search_call", "tsc_").put("execution", "server");
        item.putObject("arguments").putArray("paths").add("crm");
        return new OutputItem(item, List.of(), List.of(), FOUND_TOKENS);
    }

    private OutputItem function(String name) {
        ObjectNode item = item("function_call", "fc_");
        item.put("call_id", "call_" + sandbox.nextId()).put("name", name).put("arguments", "{}");
        return new OutputItem(item, List.of(), List.of(), 0);
    }
}
