package dev.oaiproxy.metering.request.field;

import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.ContainerBillingRules;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.metering.request.facts.Surcharge.Source;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A list of tools, wherever it stands in a request: those that the caller answers cost nothing,
 * those that OpenAI runs are held and charged, and any other is refused, since nobody knows what it
 * costs.
 */
public final class ToolList {
    /** The owner of the tools. */
    enum Place {
        /** Chat runs no tools; a hosted one would be known to it by a new name only. */
        CHAT,
        RESPONSE,
        /** An item of the input, which OpenAI may read again to later responses. */
        ITEM
    }

    private static final Set<String> CHATS = Set.of("function", "custom");

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

    /** Stands for whatever OpenAI takes where an image tool names no model. */
    private static final String SOME_IMAGE_MODEL = "tool:image_generation";

    /** A type that begins like one of these is a later edition of what OpenAI runs. */
    private static final List<String> HOSTED =
            List.of("web_search", "file_search", "code_interpreter", "image_generation", "shell");

    /** No request in good faith names as many different ones. */
    private static final int MOST_HOSTED = 64;

    private final BodyReader body;
    private final Place place;
    private final Set<Surcharge> hosted = new LinkedHashSet<>();
    private @Nullable MalformedException fault;

    ToolList(BodyReader body, Place place) {
        this.body = body;
        this.place = place;
    }

    /** Reads the value that the parser stands on. */
    ToolList read() throws IOException {
        if (!body.in.hasToken(JsonToken.START_ARRAY)) {
            body.skip();
            return this;
        }
        while (body.in.nextToken() != JsonToken.END_ARRAY) {
            if (body.in.hasToken(JsonToken.START_OBJECT)) {
                note(new ToolReader(body, this).read());
            } else {
                body.skip();
            }
        }
        return this;
    }

    /** The tools that OpenAI runs. */
    Set<Surcharge> hosted() {
        return hosted;
    }

    /**
     * Takes on what they can cost.
     *
     * @param name the member that they stand in
     * @throws MalformedException when one of them must not be passed on
     */
    void reach(String name) throws MalformedException {
        if (fault != null) {
            throw new MalformedException(fault.message(), name);
        }
        for (Surcharge surcharge : hosted) {
            body.facts.reach(surcharge, name);
        }
    }

    /** A container that is named outlives what is paid for it, and OpenAI tells no size of it. */
    void nameContainer() {
        if (place == Place.ITEM) {
            object("Name a container of your own in 'tools', and not in an item of the input.");
        }
    }

    /** The first fault is reported, if the list counts at all. */
    private void note(ToolReader tool) {
        if (place == Place.CHAT) {
            if (!CHATS.contains(tool.type())) {
                object(
                        "This proxy cannot meter hosted tools on this endpoint; use tools of type"
                                + " 'function' or 'custom', or POST /v1/responses.");
            }
            return;
        }
        checkFormat(tool.format());
        Surcharge surcharge = hosted(tool);
        if (surcharge != null) {
            hosted.add(surcharge);
            if (hosted.size() > MOST_HOSTED) {
                hosted.clear();
                object("This proxy takes no more than " + MOST_HOSTED + " different hosted tools.");
            }
        } else if (!isCallers(tool)) {
            object(
                    ("This proxy does not know what OpenAI bills for tools of type '%s', so it does"
                                    + " not take them; tools of your own work as 'function',"
                                    + " 'custom' or 'namespace'.")
                            .formatted(tool.type().replaceAll("[^A-Za-z0-9_]", "?")));
        } else if (tool.tunnel()) {
            object("The MCP tunnels of the account are not for this proxy's users: 'tunnel_id'.");
        }
    }

    private void checkFormat(ImageFormat format) {
        if (format.lacksAuthor()) {
            object(ImageFormat.NO_AUTHOR);
        }
        if (place == Place.ITEM && format.author() != null) {
            object("Name an image tool that draws SVG in 'tools', and not in an item.");
        }
    }

    private void object(String why) {
        if (fault == null) {
            fault = new MalformedException(why, "tools");
        }
    }

    /** An unknown type that has the shape of one of the caller's own can bill nothing. */
    private static boolean isCallers(ToolReader tool) {
        boolean localShell = tool.type().equals("shell") && tool.environment().equals("local");
        boolean ownSearch = tool.type().equals("tool_search");
        boolean hosted = HOSTED.stream().anyMatch(tool.type()::startsWith);
        return CALLERS.contains(tool.type())
                || localShell
                || ownSearch
                || (tool.isDefinition() && !hosted);
    }

    private static @Nullable Surcharge hosted(ToolReader tool) {
        return switch (tool.type()) {
            case "web_search", "web_search_2025_08_26" ->
                    search("tool:web_search", tool.contextSize());
            case "web_search_preview", "web_search_preview_2025_03_11" ->
                    search("tool:web_search_preview", tool.contextSize());
            case "file_search" -> fileSearch(tool.results());
            case "code_interpreter" -> session(ContainerBillingRules.row(tool.memory()));
            case "shell" ->
                    tool.environment().equals("local")
                            ? null
                            : session(ContainerBillingRules.row(tool.memory()));
            case "image_generation" -> image(tool);
            case "mcp" -> tool.tunnel() ? null : new Surcharge.Tokens("tool:mcp", Source.OUTSIDE);
            case "programmatic_tool_calling" ->
                    new Surcharge.Tokens("tool:programmatic_tool_calling", Source.REQUEST);
            case "tool_search" ->
                    tool.execution().equals("client")
                            ? null
                            : new Surcharge.Tokens("tool:tool_search", Source.REQUEST);
            default -> null;
        };
    }

    private static Surcharge image(ToolReader tool) {
        String model = tool.model();
        int pictures = tool.format().pictures();
        String author = tool.format().author();
        return new Surcharge.Run(
                model == null ? SOME_IMAGE_MODEL : model,
                pictures,
                tool.partials() * ImageFormat.PARTIAL_TOKENS * pictures,
                author == null ? null : new Surcharge.Author(author));
    }

    /**
     * The row of the price book for the text that a search gives the model.
     *
     * @param size how much of what it finds a search gives the model
     */
    public static Surcharge search(String row, String size) {
        return new Surcharge.Units(
                row, Unit.WEB_SEARCH, 1, new Surcharge.Finding("web_search_" + size, 1));
    }

    public static Surcharge fileSearch(int results) {
        return new Surcharge.Units(
                "tool:file_search",
                Unit.FILE_SEARCH,
                1,
                new Surcharge.Finding("file_search_result", results));
    }

    public static Surcharge session(String row) {
        return new Surcharge.Units(
                row,
                Unit.CONTAINER_MINUTES,
                ContainerBillingRules.SESSION_MINUTES,
                new Surcharge.Finding("container", 1));
    }
}
