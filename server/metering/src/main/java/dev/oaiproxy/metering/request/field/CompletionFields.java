package dev.oaiproxy.metering.request.field;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** {@code POST /completions}: each prompt is completed {@code best_of} or {@code n} times. */
public final class CompletionFields implements FieldReader {
    private static final int MOST_CHOICES = 128;

    private final BodyReader body;
    private long prompts = 1;
    private long choices = 1;

    public CompletionFields(BodyReader body) {
        this.body = body;
    }

    @Override
    public boolean read(String name) throws IOException {
        switch (name) {
            case "stream_options" -> ChatFields.streamOptions(body, body.once(name));
            case "max_tokens" -> body.limitOutput(body.once(name));
            case "n", "best_of" ->
                    choices = Math.max(choices, body.factor(body.once(name), MOST_CHOICES));
            case "prompt" -> prompts = prompts(body.once(name));
            default -> {
                return false;
            }
        }
        return true;
    }

    /**
     * The number of prompts. Each element of a list is a prompt, unless the list holds the tokens
     * of one prompt.
     */
    private long prompts(String name) throws IOException {
        if (!body.in.hasToken(JsonToken.START_ARRAY)) {
            body.other(name);
            return 1;
        }
        long count = 0;
        boolean tokens = false;
        while (body.in.nextToken() != JsonToken.END_ARRAY) {
            tokens |= body.in.hasToken(JsonToken.VALUE_NUMBER_INT);
            count++;
            body.skip();
        }
        return tokens ? 1 : Math.max(1, count);
    }

    @Override
    public void end() {
        body.facts.choices = prompts * choices;
    }
}
