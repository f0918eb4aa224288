package dev.oaiproxy.metering.request.field;

import java.io.IOException;

/** {@code POST /chat/completions}. */
public record ChatFields(BodyReader body) implements FieldReader {
    private static final int MOST_CHOICES = 128;

    @Override
    public boolean read(String name) throws IOException {
        RequestFactsBuilder facts = body.facts;
        switch (name) {
            case "stream_options" -> streamOptions(body, body.once(name));
            case "max_tokens", "max_completion_tokens" -> body.limitOutput(body.once(name));
            case "n" -> facts.choices = body.factor(body.once(name), MOST_CHOICES);
            case "messages" -> body.messages(name);
            // The parameter names in a function's schema say nothing about the input.
            case "functions", "response_format" -> body.skip();
            case "tools" -> new ToolList(body, ToolList.Place.CHAT).read().reach(body.once(name));
            case "audio" -> audio(body.once(name));
            case "web_search_options" -> {
                body.once(name);
                facts.searchOptions = !body.isNull();
                body.other(name);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void audio(String name) throws IOException {
        for (String member = body.firstMember(name); member != null; member = body.nextMember()) {
            if (member.equals("voice")) {
                SpeechFields.voice(body, "audio.voice");
            }
            body.skip();
        }
    }

    static void streamOptions(BodyReader body, String name) throws IOException {
        for (String member = body.firstMember(name); member != null; member = body.nextMember()) {
            if (member.equals("include_usage")) {
                String path = body.once("stream_options.include_usage");
                body.facts.usageWanted = body.jsonValues.flag(path);
            } else {
                body.skip();
            }
        }
    }
}
