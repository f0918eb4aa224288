package dev.oaiproxy.proxy.relay.socket;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.metering.recording.Recording;
import java.util.Set;

/**
 * The most tokens that the next turn of a session can read: the session's settings, the client's
 * input and the model's output. It only grows, since this proxy cannot know which parts were
 * truncated, deleted or unused.
 */
final class TurnInput {
    /** A number of tokens beyond the input of every model. */
    static final long UNBOUNDED = Long.MAX_VALUE / 4;

    /** Tokens that OpenAI sets before a session is known: some lines of instructions. */
    private static final long USUAL_SESSION_TOKENS = 2_000;

    /** Tokens around each item and each object in it; observations show a few. */
    private static final long TOKENS_AROUND = 16;

    private static final long LONGEST_NUMBER = 24;

    private static final int PCM_RATE = 24_000;
    private static final long BYTES_PER_SECOND_OF_PCM = 2L * PCM_RATE;

    /** The fewest bytes per second of the accepted formats: G.711. */
    private static final long FEWEST_BYTES_PER_SECOND = 8_000;

    private static final Set<String> PCM = Set.of("pcm16", "audio/pcm");
    private static final String MCP = "mcp";

    private long setTokens = USUAL_SESSION_TOKENS;
    private long instructions;
    private long tools;
    private long texts;
    private long sounds;
    private long audioBytes;
    private boolean unbounded;
    private boolean pcm;
    private boolean otherFormat;

    /** The tokens that are certainly text. */
    long text() {
        return setTokens + instructions + tools + texts;
    }

    /** All other tokens. */
    long other() {
        long heard = Math.ceilDiv(audioBytes * Recording.TOKENS_PER_SECOND, bytesPerSecond());
        return unbounded ? UNBOUNDED : sounds + heard;
    }

    private long bytesPerSecond() {
        return pcm && !otherFormat ? BYTES_PER_SECOND_OF_PCM : FEWEST_BYTES_PER_SECOND;
    }

    /** Notes the client's settings of the session. */
    void set(JsonNode session) {
        String format = format(session);
        otherFormat |= !format.isEmpty() && !PCM.contains(format);
        settings(session);
    }

    /** Notes the session as OpenAI describes it. */
    void isSet(JsonNode session) {
        pcm = PCM.contains(format(session));
        settings(session);
    }

    private static String format(JsonNode session) {
        JsonNode format = session.at("/audio/input/format");
        if (!format.isObject()) {
            return format.asText(session.path("input_audio_format").asText());
        }
        String type = format.path("type").asText();
        return format.path("rate").asInt(PCM_RATE) == PCM_RATE ? type : "another rate of " + type;
    }

    private void settings(JsonNode settings) {
        instructions = Math.max(instructions, tokens(settings.path("instructions")));
        tools = Math.max(tools, tokens(settings.path("tools")));
        for (JsonNode tool : settings.path("tools")) {
            // The tools and results of a client's MCP server do not pass through this proxy.
            unbounded |= tool.path("type").asText().equals(MCP);
        }
    }

    /** Notes a response that the client requests, which may have an input of its own. */
    void response(JsonNode asked) {
        settings(asked);
        for (JsonNode item : asked.path("input")) {
            item(item);
        }
    }

    /** Notes an item that the client adds. */
    void item(JsonNode item) {
        unbounded |= item.path("type").asText().equals("item_reference");
        for (JsonNode part : item.path("content")) {
            String type = part.path("type").asText();
            unbounded |= type.endsWith("image") || part.has("image_url") || part.has("file_id");
            if (part.path("audio").isTextual()) {
                heard(SocketEvent.decoded(part.path("audio")));
                texts -= tokens(part.path("audio"));
            }
        }
        texts += TOKENS_AROUND + tokens(item);
    }

    /** Notes audio that the client sends. */
    void heard(long bytes) {
        audioBytes += bytes;
    }

    /** Notes that a turn of the user has ended. */
    void committed() {
        sounds += TOKENS_AROUND;
    }

    /**
     * Notes the output of a response.
     *
     * @param most the bound for an output that states no tokens
     */
    void generated(JsonNode response, long most) {
        long tokens = response.path("usage").path("output_tokens").asLong(most);
        sounds += (1 + response.path("output").size()) * TOKENS_AROUND + Math.max(0, tokens);
    }

    /** The most tokens of a value: a token is at least one byte of its text. */
    static long tokens(JsonNode node) {
        if (node.isTextual()) {
            return bytes(node.textValue());
        }
        if (!node.isContainerNode()) {
            return node.isMissingNode() ? 0 : LONGEST_NUMBER;
        }
        long sum = TOKENS_AROUND;
        for (String name : (Iterable<String>) node::fieldNames) {
            sum += 1 + bytes(name);
        }
        for (JsonNode inner : node) {
            sum += 1 + tokens(inner);
        }
        return sum;
    }

    /** The bytes of a text in UTF-8. Each half of a surrogate pair counts two of its four bytes. */
    private static long bytes(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }
}
