package dev.oaiproxy.metering.request.field;

import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;
import java.util.Set;

/**
 * The input items of a response: messages, tool calls and their outputs, tools that are offered
 * from there on, and references to items that OpenAI keeps.
 *
 * @param name the member of the request that holds them
 */
record InputItems(BodyReader body, String name) {
    private static final int LONGEST_TYPE = 64;

    /** An item that holds earlier input in a form that only OpenAI can read. */
    private static final String COMPACTION = "compaction";

    /** An item with a picture of the caller's screen, and nothing else. */
    private static final String SCREEN = "computer_call_output";

    /** Outputs of the caller's tools, which may hold pictures. */
    private static final Set<String> OUTPUTS =
            Set.of("function_call_output", "custom_tool_call_output");

    /** Reads the current value, which may be a plain text. */
    void read() throws IOException {
        if (!body.in.hasToken(JsonToken.START_ARRAY)) {
            body.messages(name);
            return;
        }
        while (body.in.nextToken() != JsonToken.END_ARRAY) {
            if (body.in.hasToken(JsonToken.START_OBJECT)) {
                new Item().read();
            } else {
                body.messages(name);
            }
        }
    }

    private final class Item {
        private final ToolList tools = new ToolList(body, ToolList.Place.ITEM);
        private String type = "";
        private boolean twice;
        private boolean role;
        private boolean content;
        private boolean encrypted;
        private int picturesOfContent;
        private int picturesOfOutput;

        void read() throws IOException {
            for (String member = body.nextMember(); member != null; member = body.nextMember()) {
                member(body.plain(member));
            }
            end();
        }

        private void member(String member) throws IOException {
            switch (member) {
                case "type" -> type();
                case "tools" -> tools.read();
                case "role" -> role |= !skipNull();
                case "encrypted_content" -> encrypted |= !skipNull();
                case "content" -> {
                    content |= !body.isNull();
                    picturesOfContent += pictures(member);
                }
                case "output" -> picturesOfOutput += pictures(member);
                default -> body.messages(member);
            }
        }

        private int pictures(String member) throws IOException {
            int before = body.facts.pictures.size();
            body.messages(member);
            return body.facts.pictures.size() - before;
        }

        private boolean skipNull() throws IOException {
            boolean none = body.isNull();
            body.skip();
            return none;
        }

        private void type() throws IOException {
            String said = body.jsonValues.text(name + ".type", LONGEST_TYPE);
            twice |= !type.isEmpty() || said == null;
            type = said == null ? "" : said;
            body.item(type);
        }

        /**
         * Completes the item. One that is named only by its id holds more than the request does.
         */
        private void end() throws MalformedException {
            boolean message = isMessage();
            boolean bare = type.equals("reasoning") && !encrypted;
            if (!message && (type.isEmpty() || bare)) {
                body.facts.bounded = false;
            }
            body.facts.bounded &= picturesAreRead();
            boolean reference = (type.isEmpty() && !message) || type.equals("item_reference");
            body.facts.recalls |= reference || type.startsWith(COMPACTION);
            // This item describes the tools of the caller's MCP server. No item offers them.
            if (twice || !type.equals("mcp_list_tools")) {
                tools.reach(name);
                body.facts.carried.addAll(tools.hosted());
            }
        }

        private boolean isMessage() {
            return type.isEmpty() && !twice && role && content;
        }

        /** True if all pictures of the item are where OpenAI reads pictures. */
        private boolean picturesAreRead() {
            boolean spoken = isMessage() || (type.equals("message") && !twice);
            boolean seen = type.equals(SCREEN) && !twice;
            return (picturesOfContent == 0 || spoken)
                    && (picturesOfOutput == 0 || seen || (OUTPUTS.contains(type) && !twice))
                    && (picturesOfOutput > 0 || !type.equals(SCREEN));
        }
    }
}
