package dev.oaiproxy.metering.request.field;

import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.ContainerBillingRules;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A list of tools anywhere in a request. Tools that the caller runs cost nothing. Tools that OpenAI
 * runs are held and charged. Any other tool is refused, because its price is not known.
 */
public final class ToolList {
    /** The position of the tools in the request. */
    enum Place {
        /** A chat, which runs no tools. A hosted tool would have a new, unknown name there. */
        CHAT,
        RESPONSE,
        /** An item of the input, which OpenAI may read again in later responses. */
        ITEM
    }

    private static final Set<String> CHATS = Set.of("function", "custom");

    /** The most different hosted tools. No request in good faith names as many. */
    private static final int MOST_HOSTED = 64;

    private final BodyReader body;
    private final Place place;
    private final Set<Surcharge> hosted = new LinkedHashSet<>();
    private @Nullable MalformedException fault;

    ToolList(BodyReader body, Place place) {
        this.body = body;
        this.place = place;
    }

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

    Set<Surcharge> hosted() {
        return hosted;
    }

    /**
     * Adds the possible charges of the tools.
     *
     * @param name the member that contains them
     * @throws MalformedException if one of them must not be passed on
     */
    void reach(String name) throws MalformedException {
        if (fault != null) {
            throw new MalformedException(fault.message(), name);
        }
        for (Surcharge surcharge : hosted) {
            body.facts.reach(surcharge, name);
        }
    }

    /**
     * Refuses a named container in an item. It outlives its paid session, and OpenAI does not tell
     * its size.
     */
    void nameContainer() {
        if (place == Place.ITEM) {
            object("Name your container in 'tools', not in an item of the input.");
        }
    }

    /** Records a tool, or the first fault. */
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
        Surcharge surcharge = tool.hosted();
        if (surcharge != null) {
            hosted.add(surcharge);
            if (hosted.size() > MOST_HOSTED) {
                hosted.clear();
                object("This proxy accepts at most " + MOST_HOSTED + " different hosted tools.");
            }
        } else if (!tool.isCallers()) {
            object(
                    ("This proxy does not accept tools of type '%s', because it does not know their"
                                    + " price. Define your own tools as 'function', 'custom' or"
                                    + " 'namespace'.")
                            .formatted(tool.type().replaceAll("[^A-Za-z0-9_]", "?")));
        } else if (tool.isTunnel()) {
            object("Users of this proxy may not use the account's MCP tunnels ('tunnel_id').");
        }
    }

    private void checkFormat(ImageFormat format) {
        if (format.lacksAuthor()) {
            object(ImageFormat.NO_AUTHOR);
        }
        if (place == Place.ITEM && format.author() != null) {
            object("Name an image tool that draws SVG in 'tools', not in an item.");
        }
    }

    private void object(String why) {
        if (fault == null) {
            fault = new MalformedException(why, "tools");
        }
    }

    /**
     * The surcharge of a web search.
     *
     * @param size the amount of search results for the model
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
