package dev.oaiproxy.metering.request;

import static dev.oaiproxy.metering.request.ChatAsResponseInput.require;
import static dev.oaiproxy.metering.request.json.JsonValues.nextMember;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.metering.request.json.RawJson;
import java.io.IOException;
import java.util.Set;

/** One message of a chat, written as items of the input of a response. */
record ChatMessage(JsonParser in, RawJson out, String role) {
    private static final Set<String> FILE = Set.of("file_id", "file_data", "filename");

    void write() throws IOException {
        switch (role) {
            case "system", "developer", "user", "assistant" -> spoken();
            case "tool" -> result();
            default -> require(false);
        }
    }

    private void spoken() throws IOException {
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            if (in.hasToken(JsonToken.VALUE_NULL) || name.equals("role")) {
                in.skipChildren();
            } else if (name.equals("content")) {
                out.open('{');
                out.member("type", "message");
                out.member("role", role);
                content("content");
                out.close('}');
            } else {
                require(role.equals("assistant") && name.equals("tool_calls"));
                require(in.hasToken(JsonToken.START_ARRAY));
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    call();
                }
            }
        }
    }

    private void result() throws IOException {
        out.open('{');
        out.member("type", "function_call_output");
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            switch (name) {
                case "role" -> in.skipChildren();
                case "tool_call_id" -> out.copy("call_id");
                case "content" -> content("output");
                default -> require(false);
            }
        }
        out.close('}');
    }

    /** Writes the call of a function. Calls of other kinds have other members and are unknown. */
    private void call() throws IOException {
        require(in.hasToken(JsonToken.START_OBJECT));
        out.open('{');
        out.member("type", "function_call");
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            switch (name) {
                case "id" -> out.copy("call_id");
                case "type" -> require(says("function"));
                case "function" -> members(Set.of("name", "arguments"));
                default -> require(false);
            }
        }
        out.close('}');
    }

    private void content(String name) throws IOException {
        if (in.hasToken(JsonToken.VALUE_STRING)) {
            out.copy(name);
            return;
        }
        require(in.hasToken(JsonToken.START_ARRAY));
        out.list(name, this::part);
    }

    private void part() throws IOException {
        require(in.hasToken(JsonToken.START_OBJECT));
        out.open('{');
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            switch (name) {
                case "type" -> out.member(name, type());
                case "text" -> out.copy(name);
                case "image_url" -> image();
                case "file" -> members(FILE);
                default -> require(false);
            }
        }
        out.close('}');
    }

    private String type() throws IOException {
        require(in.hasToken(JsonToken.VALUE_STRING));
        boolean said = role.equals("assistant");
        return switch (in.getText()) {
            case "text" -> said ? "output_text" : "input_text";
            case "image_url" -> "input_image";
            case "file" -> "input_file";
            default -> {
                require(false);
                yield "";
            }
        };
    }

    private void image() throws IOException {
        require(in.hasToken(JsonToken.START_OBJECT));
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            require(name.equals("url") || name.equals("detail"));
            out.copy(name.equals("url") ? "image_url" : name);
        }
    }

    private void members(Set<String> known) throws IOException {
        require(in.hasToken(JsonToken.START_OBJECT));
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            require(known.contains(name));
            out.copy(name);
        }
    }

    private boolean says(String text) throws IOException {
        return in.hasToken(JsonToken.VALUE_STRING) && in.getText().equals(text);
    }
}
