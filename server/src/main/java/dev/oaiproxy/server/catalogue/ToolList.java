package dev.oaiproxy.server.catalogue;

import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.server.usage.Unit;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code tools} of a request: those of the caller's own cost nothing, those that OpenAI runs
 * have a fee, and any other is refused, since nobody knows what it costs.
 */
final class ToolList {
    /** Whose tools they are. */
    enum Place {
        /** Chat runs no tools; a hosted one would be known to it by a new name only. */
        CHAT,
        RESPONSE
    }

    private static final Set<String> OWN = Set.of("function", "custom");

    /** Run by the caller, who answers with their output. */
    private static final Set<String> CALLERS =
            Set.of("computer", "computer_use_preview", "local_shell", "apply_patch");

    /** Stands for whatever OpenAI takes where an image tool names no model. */
    private static final String SOME_IMAGE_MODEL = "tool:image_generation";

    private static final int LONGEST_NAME = 256;

    private final BodyReader body;
    private final Place place;

    ToolList(BodyReader body, Place place) {
        this.body = body;
        this.place = place;
    }

    /** What one tool says of itself. */
    private static final class Tool {
        private final Set<String> seen = new HashSet<>();
        private String type = "";
        private @Nullable String model;
        private @Nullable String memory;
        private String environment = "";
        private long partials;
    }

    /** Reads the value that the parser stands on. */
    void read(String name) throws IOException {
        if (!body.in.hasToken(JsonToken.START_ARRAY)) {
            body.skip();
            return;
        }
        while (body.in.nextToken() != JsonToken.END_ARRAY) {
            if (body.in.hasToken(JsonToken.START_OBJECT)) {
                note(tool(), name);
            } else {
                body.skip();
            }
        }
    }

    private Tool tool() throws IOException {
        Tool tool = new Tool();
        while (body.in.nextToken() != JsonToken.END_OBJECT) {
            String name = body.plain(body.in.currentName());
            body.in.nextToken();
            member(tool, name);
        }
        return tool;
    }

    private void member(Tool tool, String name) throws IOException {
        switch (name) {
            case "type" -> tool.type = text(tool, name);
            case "model" -> tool.model = body.values.text(once(tool, name), LONGEST_NAME);
            case "partial_images" -> {
                Integer count = body.values.count(once(tool, name), 0, Images.MOST_PARTIALS);
                tool.partials = count == null ? 0 : count;
            }
            case "container", "environment" -> container(tool, once(tool, name));
            // A function's schema, and filters, may have members of any name.
            case "function", "parameters", "format", "filters", "custom" -> body.skip();
            default -> body.other(name);
        }
    }

    /** The id of a container, or what a new one is to be. */
    private void container(Tool tool, String name) throws IOException {
        if (!body.values.isObject()) {
            body.reference(name);
            return;
        }
        while (body.in.nextToken() != JsonToken.END_OBJECT) {
            String member = body.plain(body.in.currentName());
            body.in.nextToken();
            switch (member) {
                case "type" -> tool.environment = text(tool, name + ".type");
                case "memory_limit" ->
                        tool.memory = body.values.text(once(tool, member), LONGEST_NAME);
                default -> body.other(member);
            }
        }
    }

    /** Said twice, it would be one thing here and another at OpenAI. */
    private static String once(Tool tool, String name) throws MalformedException {
        if (!tool.seen.add(name)) {
            throw MalformedException.twice("tools." + name);
        }
        return name;
    }

    private String text(Tool tool, String name) throws IOException {
        once(tool, name);
        String text = body.values.text("tools", LONGEST_NAME);
        return text == null ? "" : text;
    }

    private void note(Tool tool, String name) throws MalformedException {
        if (OWN.contains(tool.type)) {
            return;
        }
        if (place == Place.CHAT) {
            throw new MalformedException(
                    "This proxy cannot meter hosted tools on this endpoint; use tools of type"
                            + " 'function' or 'custom', or POST /v1/responses.",
                    name);
        }
        Extra extra = hosted(tool);
        if (extra != null) {
            reach(extra, name);
        } else if (!isCallers(tool)) {
            throw new MalformedException(
                    "This proxy cannot meter tools of type '%s', so it does not take them."
                            .formatted(tool.type.replaceAll("[^A-Za-z0-9_]", "?")),
                    name);
        }
    }

    /** Answers count the calls of a kind of tool, and do not say which of two tools it was. */
    private void reach(Extra extra, String name) throws MalformedException {
        for (Extra other : body.found.reach) {
            if (kind(other).equals(kind(extra)) && !other.row().equals(extra.row())) {
                throw new MalformedException(
                        "This proxy cannot tell what each of two tools of one kind has cost; name"
                                + " one of '%s' and '%s'.".formatted(other.row(), extra.row()),
                        name);
            }
        }
        body.found.reach.add(extra);
    }

    private static Object kind(Extra extra) {
        return switch (extra) {
            case Extra.Units units -> units.unit();
            case Extra.Run _ -> Extra.Run.class;
        };
    }

    private static boolean isCallers(Tool tool) {
        boolean localShell = tool.type.equals("shell") && tool.environment.equals("local");
        return CALLERS.contains(tool.type) || localShell;
    }

    private static @Nullable Extra hosted(Tool tool) {
        return switch (tool.type) {
            case "web_search", "web_search_2025_08_26" -> once("tool:web_search", Unit.WEB_SEARCH);
            case "web_search_preview", "web_search_preview_2025_03_11" ->
                    once("tool:web_search_preview", Unit.WEB_SEARCH);
            case "file_search" -> once("tool:file_search", Unit.FILE_SEARCH);
            case "code_interpreter" -> session(tool);
            case "shell" -> tool.environment.equals("local") ? null : session(tool);
            case "image_generation" ->
                    new Extra.Run(
                            tool.model == null ? SOME_IMAGE_MODEL : tool.model,
                            tool.partials * Images.PARTIAL_TOKENS);
            default -> null;
        };
    }

    private static Extra once(String row, Unit unit) {
        return new Extra.Units(row, unit, 1);
    }

    private static Extra session(Tool tool) {
        return new Extra.Units(
                Containers.row(tool.memory), Unit.CONTAINER_MINUTES, Containers.SESSION_MINUTES);
    }
}
