package dev.oaiproxy.server.usage;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.server.usage.EventCollector.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns a stream of speech events into the audio that they carry, for a client that did not ask for
 * a stream: only the stream states usage. The audio is handed on event by event.
 */
final class SpeechAudioTap implements Tap {
    private static final String DELTA = "speech.audio.delta";

    private final DoneStory story = DoneStory.speech();
    private final EventCollector events = new EventCollector();
    private final Base64Stream decoder = new Base64Stream();
    private final ByteArrayOutputStream audio = new ByteArrayOutputStream();
    private boolean closed;

    @Override
    public ByteBuffer pass(ByteBuffer bytes) {
        audio.reset();
        while (bytes.hasRemaining()) {
            if (events.takesRestOfLineEnd(bytes)) {
                continue;
            }
            if (events.take(bytes)) {
                finishEvent();
            } else if (events.overlong()) {
                // Audio comes in small events; one that never ends must not fill the memory.
                events.drop();
            }
        }
        return ByteBuffer.wrap(audio.toByteArray());
    }

    @Override
    public ByteBuffer end() {
        audio.reset();
        if (events.length() > 0) {
            finishEvent();
        }
        closed = true;
        return ByteBuffer.wrap(audio.toByteArray());
    }

    private void finishEvent() {
        List<Span> lines = events.overlong() ? List.of() : events.data();
        if (!lines.isEmpty()) {
            read(events.joined(lines));
        }
        events.next();
    }

    private void read(byte[] json) {
        Answer event = story.next();
        try (JsonParser in = AnswerJson.FACTORY.createParser(json)) {
            String text = read(in, event);
            if (text != null && DELTA.equals(event.text("type"))) {
                decoder.decode(text, audio);
            } else if (event.ended() && !story.ended()) {
                story.take(event);
            }
        } catch (IOException e) {
            // Not JSON: no audio, and no usage.
            return;
        }
    }

    /** Reads an event to its end, and gives its audio. */
    private static @Nullable String read(JsonParser in, Answer event) throws IOException {
        String text = null;
        for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
            event.take(token, in);
            if (token == JsonToken.VALUE_STRING && event.after("audio")) {
                text = in.getText();
            }
        }
        return text;
    }

    @Override
    public boolean isFinal() {
        return closed || story.ended();
    }

    @Override
    public Reading reading() {
        return story.reading(closed);
    }
}
