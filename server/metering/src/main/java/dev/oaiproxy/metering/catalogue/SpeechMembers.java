package dev.oaiproxy.metering.catalogue;

import dev.oaiproxy.metering.usage.Unit;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** {@code POST /audio/speech}. */
final class SpeechMembers implements Members {
    private static final int LONGEST_INPUT = 60_000;
    private static final int LONGEST_FORMAT = 16;

    private final BodyReader body;
    private long characters;

    SpeechMembers(BodyReader body) {
        this.body = body;
    }

    @Override
    public boolean read(String name) throws IOException {
        switch (name) {
            case "input" ->
                    characters = characters(body.values.text(body.once(name), LONGEST_INPUT));
            case "response_format" ->
                    body.found.format = body.values.text(body.once(name), LONGEST_FORMAT);
            case "stream_format" ->
                    body.found.stream =
                            "sse".equals(body.values.text(body.once(name), LONGEST_FORMAT));
            case "voice" -> voice(body, name);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** A voice of somebody's own is an object; OpenAI publishes no price for it. */
    static void voice(BodyReader body, String name) throws IOException {
        if (body.in.currentToken().isStructStart()) {
            throw new MalformedException(
                    "This proxy has no price for custom voices; name one of OpenAI's.", name);
        }
    }

    private static long characters(@Nullable String text) {
        return text == null ? 0 : text.codePointCount(0, text.length());
    }

    @Override
    public void end() {
        String model = body.found.model;
        if (model != null && characters > 0) {
            body.found.mayBill(model, Unit.CHARACTERS, characters);
        }
    }
}
