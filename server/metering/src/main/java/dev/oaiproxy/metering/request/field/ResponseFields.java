package dev.oaiproxy.metering.request.field;

import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** {@code POST /responses} and {@code POST /responses/compact}. */
public record ResponseFields(BodyReader body, boolean limited) implements FieldReader {
    /** The reason to refuse a prompt that OpenAI keeps. */
    public static final String STORED_PROMPT =
            "This proxy accepts no stored prompts ('prompt'), because it cannot read which model"
                    + " and tools they name. Send the prompt's text in 'instructions' and"
                    + " 'input', and its tools in 'tools'.";

    private static final int MOST_TOOL_CALLS = 10_000;
    private static final int LONGEST_TYPE = 64;
    private static final String COMPACTION = "compaction";

    private static final String MULTI_AGENT =
            "This proxy does not accept 'multi_agent', because nothing limits how many models"
                    + " OpenAI would run. Run the agents yourself, with one response for each.";

    private static final String ACCESS =
            "This proxy holds a call at the rates of its model, but an access program may use a"
                    + " more expensive one. Name that model directly, such as"
                    + " 'gpt-daybreak-blue-latest' or 'gpt-daybreak-red-latest'.";

    private static final Set<String> WINDOWS = Set.of("soonest", "2h", "8h");

    public static ResponseFields ofResponse(BodyReader body) {
        return new ResponseFields(body, true);
    }

    /** The fields of a compaction, which OpenAI does not let the request limit. */
    public static ResponseFields ofCompaction(BodyReader body) {
        return new ResponseFields(body, false);
    }

    @Override
    public boolean read(String name) throws IOException {
        switch (name) {
            case "input" -> new InputItems(body, name).read();
            case "max_output_tokens" -> limit(body.once(name));
            case "max_tool_calls" ->
                    body.facts.toolCalls =
                            body.jsonValues.count(body.once(name), 1, MOST_TOOL_CALLS);
            case "background_options" -> window(body.once(name));
            case "background" -> body.facts.background = body.jsonValues.flag(body.once(name));
            case "previous_response_id" -> body.recall(body.once(name));
            case "conversation" -> conversation(body.once(name));
            case "tools" ->
                    new ToolList(body, ToolList.Place.RESPONSE).read().reach(body.once(name));
            case "text" -> body.skip();
            case "context_management" -> contextManagement(body.once(name));
            case "prompt" -> refuse(name, STORED_PROMPT);
            case "access_programs" -> accessPrograms(body.once(name));
            case "multi_agent" -> refuse(name, MULTI_AGENT);
            default -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public void end() {
        if (!limited) {
            // A compaction runs no tools.
            body.facts.reach.clear();
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
        body.facts.countable &= body.isNull();
        if (body.in.hasToken(JsonToken.VALUE_STRING)) {
            body.recall(name);
            return;
        }
        for (String member = body.firstMember(name); member != null; member = body.nextMember()) {
            if (member.equals("id")) {
                body.recall(body.once("conversation.id"));
            } else {
                body.skip();
            }
        }
    }

    /** Reads the completion window, which has its own price. */
    private void window(String name) throws IOException {
        for (String member = body.firstMember(name); member != null; member = body.nextMember()) {
            if (!body.plain(member).equals("completion_window")) {
                body.skip();
                continue;
            }
            String path = body.once(name + ".completion_window");
            String chosen = body.jsonValues.text(path, LONGEST_TYPE);
            if (chosen != null && !WINDOWS.contains(chosen)) {
                throw MalformedException.value(path, "one of 'soonest', '2h' and '8h'");
            }
            body.facts.window = "soonest".equals(chosen) ? null : chosen;
        }
    }

    /** Accepts only the standard access program, which is also the default. */
    private void accessPrograms(String name) throws IOException {
        for (String member = body.firstMember(name); member != null; member = body.nextMember()) {
            String program = name + "." + body.plain(member);
            String chosen = body.jsonValues.text(body.once(program), LONGEST_TYPE);
            if (chosen != null && !chosen.equals("standard")) {
                throw new MalformedException(ACCESS, program);
            }
        }
    }

    /**
     * Reads the compaction threshold. OpenAI compacts the input by an additional turn, whose tokens
     * are in the usage.
     */
    private void contextManagement(String name) throws IOException {
        if (body.in.hasToken(JsonToken.START_ARRAY)) {
            while (body.in.nextToken() != JsonToken.END_ARRAY) {
                entry(name);
            }
        } else if (!body.isNull()) {
            entry(name);
        }
    }

    private void entry(String name) throws IOException {
        if (!body.jsonValues.object(name)) {
            return;
        }
        Set<String> seen = new HashSet<>();
        String type = "";
        long above = 0;
        for (String member = body.nextMember(); member != null; member = body.nextMember()) {
            if (!seen.add(body.plain(member))) {
                throw MalformedException.twice(name + "." + member);
            }
            switch (member) {
                case "type" -> {
                    String text = body.jsonValues.text(name + ".type", LONGEST_TYPE);
                    type = text == null ? "" : text;
                }
                case "compact_threshold" ->
                        above = body.jsonValues.count(name + "." + member, 0, Integer.MAX_VALUE, 0);
                default -> {}
            }
            body.skip();
        }
        if (!type.equals(COMPACTION)) {
            throw new MalformedException(
                    "This proxy only accepts the type '" + COMPACTION + "' in '" + name + "'.",
                    name);
        }
        body.facts.extras.add(new Surcharge.Compaction(above));
    }

    private void refuse(String name, String why) throws IOException {
        if (!body.isNull()) {
            throw new MalformedException(why, name);
        }
    }
}
