package dev.oaiproxy.metering.request.field;

import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The description of one tool. */
public final class ToolReader {
    /** OpenAI takes no larger number. */
    public static final int MOST_RESULTS = 50;

    /** OpenAI's default where the request says nothing. */
    private static final int USUAL_RESULTS = 20;

    private static final int LONGEST_NAME = 256;

    /** The fields that name a tool and say how it may be called. */
    private static final Set<String> PLAIN =
            Set.of("type", "name", "description", "strict", "defer_loading", "allowed_callers");

    /** The schema of the arguments, which only whoever runs the tool understands. */
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

    /**
     * @param list takes the tools that this one holds
     */
    ToolReader(BodyReader body, ToolList list) {
        this.body = body;
        this.list = list;
    }

    String type() {
        return type;
    }

    @Nullable String model() {
        return model;
    }

    /** The size of its container, or null for OpenAI's own choice. */
    @Nullable String memory() {
        return memory;
    }

    /** The kind of its environment, or empty. */
    String environment() {
        return environment;
    }

    /** The runner of the tool, or empty. */
    String execution() {
        return execution;
    }

    /** The settings of its images. */
    ImageFormat format() {
        return format;
    }

    long partials() {
        return partials;
    }

    /** The amount of what it finds that a search gives the model: low, medium or high. */
    String contextSize() {
        return switch (contextSize) {
            case "low" -> "low";
            case "", "medium" -> "medium";
            default -> "high";
        };
    }

    /** The most results that a file search gives the model. */
    int results() {
        return results;
    }

    /** True if it leads into the network of whoever owns the account. */
    boolean tunnel() {
        return tunnel;
    }

    /**
     * True if it is nothing but a name and a schema of what it is called with, or the tools that it
     * groups: OpenAI would not know how to run it.
     */
    boolean isDefinition() {
        return definition
                && !type.isEmpty()
                && seen.contains("name")
                && SCHEMAS.stream().anyMatch(seen::contains);
    }

    /** Reads the object that the parser stands at the start of. */
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
            case "partial_images" -> {
                Integer count = body.jsonValues.count(once(name), 0, ImageFormat.MOST_PARTIALS);
                partials = count == null ? 0 : count;
            }
            case "output_format", "frame_count", "svg" -> format.read(body, once(name));
            case "container", "environment" -> container(once(name));
            case "execution" -> execution = text(name);
            case "search_context_size" -> contextSize = text(name);
            case "max_num_results" -> {
                Integer count = body.jsonValues.count(once(name), 1, MOST_RESULTS);
                results = count == null ? USUAL_RESULTS : count;
            }
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

    /** The id of a container, or what a new one is to be. */
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

    /** Said twice, it would be one thing here and another at OpenAI. */
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
