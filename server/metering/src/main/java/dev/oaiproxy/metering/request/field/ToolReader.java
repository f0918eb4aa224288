package dev.oaiproxy.metering.request.field;

import dev.oaiproxy.metering.request.facts.ContainerBillingRules;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.metering.request.facts.Surcharge.Source;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the description of one tool. */
public final class ToolReader {
    /** The largest number of results that OpenAI accepts. */
    public static final int MOST_RESULTS = 50;

    /** OpenAI's default number of results. */
    private static final int USUAL_RESULTS = 20;

    private static final int LONGEST_NAME = 256;

    /** Tools that the caller runs, and groups of such tools. */
    private static final Set<String> CALLERS =
            Set.of(
                    "function",
                    "custom",
                    "namespace",
                    "computer",
                    "computer_use",
                    "computer_use_preview",
                    "local_shell",
                    "apply_patch");

    /** The row for OpenAI's own choice if an image tool names no model. */
    private static final String SOME_IMAGE_MODEL = "tool:image_generation";

    /** Prefixes of hosted tool types. A longer type is a later version of the same tool. */
    private static final List<String> HOSTED =
            List.of("web_search", "file_search", "code_interpreter", "image_generation", "shell");

    /** Fields that name a tool and its possible callers. */
    private static final Set<String> PLAIN =
            Set.of("type", "name", "description", "strict", "defer_loading", "allowed_callers");

    /** Schemas of the arguments, which only the program that runs the tool understands. */
    private static final Set<String> SCHEMAS =
            Set.of("parameters", "format", "input_schema", "output_schema", "tools");

    /** Fields whose members may have any name: schemas, filters, headers. */
    private static final Set<String> FREE =
            Set.of(
                    "function",
                    "parameters",
                    "format",
                    "filters",
                    "custom",
                    "input_schema",
                    "output_schema",
                    "headers");

    private final BodyReader body;
    private final ToolList list;
    private final Set<String> seen = new HashSet<>();
    private final ImageFormat format = new ImageFormat();
    private String type = "";
    private @Nullable String model;
    private @Nullable String memory;
    private String environment = "";
    private String execution = "";
    private long partials;
    private boolean tunnel;
    private boolean definition = true;
    private String contextSize = "";
    private int results = USUAL_RESULTS;

    ToolReader(BodyReader body, ToolList list) {
        this.body = body;
        this.list = list;
    }

    String type() {
        return type;
    }

    ImageFormat format() {
        return format;
    }

    /** The amount of search results for the model: low, medium or high. */
    private String searchSize() {
        return switch (contextSize) {
            case "low" -> "low";
            case "", "medium" -> "medium";
            default -> "high";
        };
    }

    /** True if the tool leads into the network of the account's owner. */
    boolean isTunnel() {
        return tunnel;
    }

    /**
     * True if the tool is only a name with a schema of its arguments, or a group of such tools.
     * OpenAI could not run it.
     */
    private boolean isDefinition() {
        return definition
                && !type.isEmpty()
                && seen.contains("name")
                && SCHEMAS.stream().anyMatch(seen::contains);
    }

    /**
     * True for a tool of the caller. An unknown type with the form of such a tool cannot be billed.
     */
    boolean isCallers() {
        boolean localShell = type.equals("shell") && environment.equals("local");
        boolean ownSearch = type.equals("tool_search");
        boolean hosted = HOSTED.stream().anyMatch(type::startsWith);
        return CALLERS.contains(type) || localShell || ownSearch || (isDefinition() && !hosted);
    }

    /** The surcharge of the tool if OpenAI runs it, or null. */
    @Nullable Surcharge hosted() {
        return switch (type) {
            case "web_search", "web_search_2025_08_26" ->
                    ToolList.search("tool:web_search", searchSize());
            case "web_search_preview", "web_search_preview_2025_03_11" ->
                    ToolList.search("tool:web_search_preview", searchSize());
            case "file_search" -> ToolList.fileSearch(results);
            case "code_interpreter" -> ToolList.session(ContainerBillingRules.row(memory));
            case "shell" ->
                    environment.equals("local")
                            ? null
                            : ToolList.session(ContainerBillingRules.row(memory));
            case "image_generation" -> image();
            case "mcp" -> tunnel ? null : new Surcharge.Tokens("tool:mcp", Source.OUTSIDE);
            case "programmatic_tool_calling" ->
                    new Surcharge.Tokens("tool:programmatic_tool_calling", Source.REQUEST);
            case "tool_search" ->
                    execution.equals("client")
                            ? null
                            : new Surcharge.Tokens("tool:tool_search", Source.REQUEST);
            default -> null;
        };
    }

    private Surcharge image() {
        int pictures = format.pictures();
        String author = format.author();
        return new Surcharge.Run(
                model == null ? SOME_IMAGE_MODEL : model,
                pictures,
                partials * ImageFormat.PARTIAL_TOKENS * pictures,
                author == null ? null : new Surcharge.Author(author));
    }

    ToolReader read() throws IOException {
        for (String name = body.nextMember(); name != null; name = body.nextMember()) {
            body.plain(name);
            definition &= PLAIN.contains(name) || SCHEMAS.contains(name);
            member(name);
        }
        return this;
    }

    private void member(String name) throws IOException {
        switch (name) {
            case "type" -> type = text(name);
            case "model" -> model = body.jsonValues.text(once(name), LONGEST_NAME);
            case "partial_images" ->
                    partials = body.jsonValues.count(once(name), 0, ImageFormat.MOST_PARTIALS, 0);
            case "output_format", "frame_count", "svg" -> format.read(body, once(name));
            case "container", "environment" -> container(once(name));
            case "execution" -> execution = text(name);
            case "search_context_size" -> contextSize = text(name);
            case "max_num_results" ->
                    results = body.jsonValues.count(once(name), 1, MOST_RESULTS, USUAL_RESULTS);
            case "tools" -> {
                seen.add(name);
                list.read();
            }
            case "tunnel_id" -> {
                tunnel |= !body.isNull();
                body.skip();
            }
            default -> {
                seen.add(name);
                if (FREE.contains(name)) {
                    body.skip();
                } else {
                    body.tool(name);
                }
            }
        }
    }

    /** Reads the id of a container, or the settings of a new one. */
    private void container(String name) throws IOException {
        if (!body.jsonValues.isObject()) {
            nameContainer();
            body.jsonValues.text(name, LONGEST_NAME);
            return;
        }
        for (String member = body.nextMember(); member != null; member = body.nextMember()) {
            switch (body.plain(member)) {
                case "type" -> environment = text(name + ".type");
                case "memory_limit" -> memory = body.jsonValues.text(once(member), LONGEST_NAME);
                case "container_id" -> {
                    nameContainer();
                    body.tool(member);
                }
                default -> body.tool(member);
            }
        }
    }

    private void nameContainer() {
        if (!body.isNull()) {
            list.nameContainer();
        }
    }

    /** Refuses a second member with the same name, because OpenAI might use the other one. */
    private String once(String name) throws MalformedException {
        if (!seen.add(name)) {
            throw MalformedException.twice("tools." + name);
        }
        return name;
    }

    private String text(String name) throws IOException {
        once(name);
        String text = body.jsonValues.text("tools", LONGEST_NAME);
        return text == null ? "" : text;
    }
}
