package dev.oaiproxy.server.catalogue;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** {@code POST /responses} and {@code POST /responses/compact}. */
final class ResponseMembers implements Members {
    private static final int MOST_TOOL_CALLS = 10_000;

    private final BodyReader body;
    private final boolean limited;

    /**
     * @param limited whether OpenAI takes a limit on the output
     */
    ResponseMembers(BodyReader body, boolean limited) {
        this.body = body;
        this.limited = limited;
    }

    @Override
    public boolean read(String name) throws IOException {
        switch (name) {
            case "input" -> new InputItems(body, name).read();
            case "max_output_tokens" -> limit(body.once(name));
            case "max_tool_calls" ->
                    body.found.toolCalls = body.values.count(body.once(name), 1, MOST_TOOL_CALLS);
            case "background" -> body.found.background = body.values.flag(body.once(name));
            case "previous_response_id" -> body.recall(body.once(name));
            case "conversation" -> conversation(body.once(name));
            case "tools" ->
                    new ToolList(body, ToolList.Place.RESPONSE).read().reach(body.once(name));
            case "text" -> body.skip();
            case "prompt", "context_management", "multi_agent" -> unbounded(name);
            default -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public void end() {
        if (!limited) {
            // Nothing is run while a conversation is made shorter.
            body.found.reach.clear();
        }
    }

    private void limit(String name) throws IOException {
        if (limited) {
            body.limitOutput(name);
        } else {
            body.skip();
        }
    }

    private void conversation(String name) throws IOException {
        body.found.countable &= body.isNull();
        if (body.in.hasToken(JsonToken.VALUE_STRING)) {
            body.recall(name);
        } else if (body.values.object(name)) {
            while (body.in.nextToken() != JsonToken.END_OBJECT) {
                boolean id = body.in.currentName().equals("id");
                body.in.nextToken();
                if (id) {
                    body.recall(body.once("conversation.id"));
                } else {
                    body.skip();
                }
            }
        }
    }

    /** Stored templates name models and tools of their own; the others call models unasked. */
    private void unbounded(String name) throws IOException {
        if (!body.isNull()) {
            throw new MalformedException(
                    "This proxy cannot bound what '" + name + "' may cost, so it does not take it.",
                    name);
        }
    }
}
