package dev.oaiproxy.metering.usage;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.metering.usage.EventCollector.Span;
import dev.oaiproxy.metering.usage.object.ParsedResponse;
import dev.oaiproxy.metering.usage.object.ResponseJson;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Turns a stream of speech events into audio, for a client that did not ask for a stream, because
 * only the stream states usage. The audio of each event passes at once.
 */
final class SpeechAudioTap implements Tap {
    private static final String DELTA = "speech.audio.delta";

    /**
     * The copies of an event in memory: joined, as a text in two-byte characters, decoded, and in
     * the output.
     */
    private static final int COPIES = 5;

    private final FinalUsageEvents story = FinalUsageEvents.speech();
    private final EventCollector events;
    private final Lease lease;
    private final Base64Stream decoder = new Base64Stream();
    private ByteArrayOutputStream audio = new ByteArrayOutputStream();
    private boolean closed;

    SpeechAudioTap(Lease lease) {
        this.lease = lease;
        this.events = new EventCollector(lease, EventCollector.LONGEST_EVENT);
    }

    /** The content type of a requested audio format. */
    static String contentType(@Nullable String format) {
        return switch (format == null ? "mp3" : format.toLowerCase(Locale.ROOT)) {
            case "opus" -> "audio/opus";
            case "aac" -> "audio/aac";
            case "flac" -> "audio/flac";
            case "wav" -> "audio/wav";
            case "pcm" -> "audio/pcm";
            default -> "audio/mpeg";
        };
    }

    @Override
    public ByteBuffer pass(ByteBuffer bytes) {
        audio = new ByteArrayOutputStream();
        while (bytes.hasRemaining()) {
            if (events.takesRestOfLineEnd(bytes)) {
                continue;
            }
            if (events.take(bytes)) {
                finishEvent();
            } else if (events.overlong()) {
                // Audio comes in small events. An endless one must not fill the memory, and audio
                // with a gap would be worse than none.
                throw new NoRoomException();
            }
        }
        return ByteBuffer.wrap(audio.toByteArray());
    }

    @Override
    public ByteBuffer end() {
        audio = new ByteArrayOutputStream();
        if (events.length() > 0) {
            finishEvent();
        }
        closed = true;
        return ByteBuffer.wrap(audio.toByteArray());
    }

    private void finishEvent() {
        List<Span> lines = events.data();
        if (!lines.isEmpty()) {
            long copies = (long) COPIES * events.length();
            if (events.overlong() || !lease.take(Use.RESPONSE, copies)) {
                throw new NoRoomException();
            }
            read(events.joined(lines));
            lease.give(copies);
        }
        events.next();
    }

    private void read(byte[] json) {
        ParsedResponse event = story.next();
        try (JsonParser in = ResponseJson.FACTORY.createParser(json)) {
            String text = read(in, event);
            if (text != null && DELTA.equals(event.text("type"))) {
                decoder.decode(text, audio);
            } else if (event.ended() && !story.ended()) {
                story.take(event);
            }
        } catch (IOException e) {
            // The data is not JSON, so it has neither audio nor usage.
            return;
        }
    }

    /** Reads an event to its end, and returns its audio. */
    private static @Nullable String read(JsonParser in, ParsedResponse event) throws IOException {
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
    public UsageResult reading() {
        return closed ? story.readingAtEnd() : story.reading();
    }
}
