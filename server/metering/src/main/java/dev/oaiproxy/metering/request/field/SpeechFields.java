package dev.oaiproxy.metering.request.field;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** {@code POST /audio/speech}. */
public final class SpeechFields implements FieldReader {
    private static final int LONGEST_INPUT = 60_000;
    private static final int LONGEST_FORMAT = 16;

    private final BodyReader body;
    private long characters;

    public SpeechFields(BodyReader body) {
        this.body = body;
    }

    @Override
    public boolean read(String name) throws IOException {
        switch (name) {
            case "input" ->
                    characters = characters(body.jsonValues.text(body.once(name), LONGEST_INPUT));
            case "response_format" ->
                    body.facts.format = body.jsonValues.text(body.once(name), LONGEST_FORMAT);
            case "stream_format" ->
                    body.facts.stream =
                            "sse".equals(body.jsonValues.text(body.once(name), LONGEST_FORMAT));
            case "voice" -> voice(body, name);
            default -> {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads the voice. A custom voice is an object at OpenAI, and OpenAI publishes no price for it.
     */
    static void voice(BodyReader body, String name) throws IOException {
        if (body.in.currentToken().isStructStart()) {
            throw new MalformedException(
                    "This proxy has no price for custom voices; use one of OpenAI's voices.", name);
        }
    }

    private static long characters(@Nullable String text) {
        return text == null ? 0 : text.codePointCount(0, text.length());
    }

    @Override
    public void end() {
        String model = body.facts.model;
        if (model != null && characters > 0) {
            body.facts.mayBill(model, Unit.CHARACTERS, characters);
        }
    }
}
