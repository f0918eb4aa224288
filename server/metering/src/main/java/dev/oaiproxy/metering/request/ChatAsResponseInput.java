package dev.oaiproxy.metering.request;

import static dev.oaiproxy.metering.request.json.JsonValues.nextMember;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.metering.request.json.RawJson;
import dev.oaiproxy.metering.request.json.RequestJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Rewrites the input of a chat as that of a response, because OpenAI counts only the tokens of
 * responses. A chat with anything of unknown effect on the input is not rewritten.
 */
public final class ChatAsResponseInput {
    /** Fields that are not part of the input. */
    private static final Set<String> IGNORED =
            Set.of(
                    "frequency_penalty",
                    "logit_bias",
                    "logprobs",
                    "max_completion_tokens",
                    "max_tokens",
                    "metadata",
                    "n",
                    "presence_penalty",
                    "prompt_cache_key",
                    "prompt_cache_options",
                    "prompt_cache_retention",
                    "safety_identifier",
                    "seed",
                    "service_tier",
                    "stop",
                    "store",
                    "stream",
                    "stream_options",
                    "temperature",
                    "top_logprobs",
                    "top_p",
                    "user");

    private static final List<String> ROLES =
            List.of("system", "developer", "user", "assistant", "tool");

    private final JsonParser in;
    private final RawJson out;
    private final List<String> roles;
    private boolean text;

    private ChatAsResponseInput(JsonParser in, RawJson out, List<String> roles) {
        this.in = in;
        this.out = out;
        this.roles = roles;
    }

    /** Signals a value of unknown effect on the input. */
    private static final class UnknownShape extends IOException {
        private static final long serialVersionUID = 1L;

        UnknownShape() {
            super("not known");
        }
    }

    /**
     * Rewrites the body of a chat as that of a response.
     *
     * @return nothing if the two may not have the same input
     */
    public static Optional<byte[]> asResponse(byte[] chat) {
        try (JsonParser roles = parser(chat);
                JsonParser in = parser(chat)) {
            RawJson out = new RawJson(in, chat);
            new ChatAsResponseInput(in, out, roles(roles)).write();
            return Optional.of(out.bytes());
        } catch (IOException | IllegalStateException unknown) {
            return Optional.empty();
        }
    }

    private static JsonParser parser(byte[] chat) throws IOException {
        return RequestJson.SCANNING
                .createParser(chat)
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    }

    /**
     * Reads the roles first, because the role decides the form of the content and may follow it.
     */
    private static List<String> roles(JsonParser in) throws IOException {
        List<String> roles = new ArrayList<>();
        in.nextToken();
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            if (name.equals("messages") && in.hasToken(JsonToken.START_ARRAY)) {
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    roles.add(role(in));
                }
            } else {
                in.skipChildren();
            }
        }
        return roles;
    }

    private static String role(JsonParser in) throws IOException {
        String role = "";
        require(in.hasToken(JsonToken.START_OBJECT));
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            if (in.hasToken(JsonToken.VALUE_STRING) && name.equals("role")) {
                role = known(in.getText());
            }
            in.skipChildren();
        }
        return role;
    }

    private static String known(String text) {
        return ROLES.stream().filter(text::equals).findFirst().orElse("");
    }

    private void write() throws IOException {
        require(in.nextToken() == JsonToken.START_OBJECT);
        out.open('{');
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            if (in.hasToken(JsonToken.VALUE_NULL) || IGNORED.contains(name)) {
                in.skipChildren();
            } else {
                member(name);
            }
        }
        out.close('}');
    }

    private void member(String name) throws IOException {
        switch (name) {
            case "model", "parallel_tool_calls" -> out.copy(name);
            case "messages" -> messages();
            case "tools" -> list(name, () -> flattened("function"));
            case "tool_choice" -> {
                require(in.hasToken(JsonToken.VALUE_STRING));
                out.copy(name);
            }
            case "reasoning_effort" -> wrapped("reasoning", "effort");
            case "verbosity" -> wrapped(once("text"), name);
            case "response_format" -> {
                out.name(once("text"));
                out.open('{');
                out.name("format");
                flattened("json_schema");
                out.close('}');
            }
            default -> throw new UnknownShape();
        }
    }

    private String once(String name) throws IOException {
        require(!text);
        text = true;
        return name;
    }

    private void wrapped(String outer, String inner) throws IOException {
        require(in.hasToken(JsonToken.VALUE_STRING));
        out.name(outer);
        out.open('{');
        out.copy(inner);
        out.close('}');
    }

    private void list(String name, RawJson.Element element) throws IOException {
        require(in.hasToken(JsonToken.START_ARRAY));
        out.list(name, element);
    }

    /** Merges an object with the object inside it. A chat's function is not strict by default. */
    private void flattened(String inner) throws IOException {
        require(in.hasToken(JsonToken.START_OBJECT));
        boolean strict = false;
        out.open('{');
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            if (name.equals(inner)) {
                strict = members();
            } else {
                require(name.equals("type"));
                out.copy(name);
            }
        }
        if (inner.equals("function") && !strict) {
            out.no("strict");
        }
        out.close('}');
    }

    /** Copies the members; true if one of them is {@code strict}. */
    private boolean members() throws IOException {
        boolean strict = false;
        require(in.hasToken(JsonToken.START_OBJECT));
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            require(name.matches("[a-z_]{1,40}") && !name.equals("type"));
            strict |= name.equals("strict");
            out.copy(name);
        }
        return strict;
    }

    private void messages() throws IOException {
        Iterator<String> role = roles.iterator();
        list("input", () -> new ChatMessage(in, out, role.next()).write());
    }

    /** Gives up on an unexpected value. */
    static void require(boolean known) throws IOException {
        if (!known) {
            throw new UnknownShape();
        }
    }
}
