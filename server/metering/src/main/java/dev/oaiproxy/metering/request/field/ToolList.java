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
        Surcharge surcharge = tool.hosted();
        if (surcharge != null) {
            hosted.add(surcharge);
            if (hosted.size() > MOST_HOSTED) {
                hosted.clear();
                object("This proxy takes no more than " + MOST_HOSTED + " different hosted tools.");
            }
        } else if (!tool.isCallers()) {
            object(
                    ("This proxy does not know what OpenAI bills for tools of type '%s', so it does"
                                    + " not take them; tools of your own work as 'function',"
                                    + " 'custom' or 'namespace'.")
                            .formatted(tool.type().replaceAll("[^A-Za-z0-9_]", "?")));
        } else if (tool.isTunnel()) {
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
