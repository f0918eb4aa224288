package dev.oaiproxy.sandbox.media;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.media.TranscriptionRequest.AudioTask;
import dev.oaiproxy.sandbox.model.CannedText;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;

record TranscriptFormats(TranscriptionRequest request, InjectedFault fault) {

    /** The transcript in a text format, which carries no usage. */
    String text() {
        String start = timestamp(Duration.ZERO);
        String end = timestamp(request.length());
        return switch (request.format()) {
            case "srt" -> "1\n%s --> %s\n%s\n\n".formatted(start, end, spoken());
            case "vtt" -> "WEBVTT\n\n%s --> %s\n%s\n\n".formatted(start, end, spoken());
            default -> spoken() + "\n";
        };
    }

    private String timestamp(Duration time) {
        return String.format(
                Locale.ROOT,
                request.format().equals("srt") ? "%02d:%02d:%02d,%03d" : "%02d:%02d:%02d.%03d",
                time.toHours(),
                time.toMinutesPart(),
                time.toSecondsPart(),
                time.toMillisPart());
    }

    ObjectNode json() {
        ObjectNode response = newObject();
        switch (request.format()) {
            case "verbose_json" -> describeVerbosely(response);
            case "diarized_json" -> describeSpeakers(response);
            default -> response.put("text", spoken());
        }
        // Translations carry no usage in any format.
        return request.task() == AudioTask.TRANSLATION ? response : addUsage(response);
    }

    private void describeVerbosely(ObjectNode response) {
        response.put("task", request.task() == AudioTask.TRANSLATION ? "translate" : "transcribe")
                .put("language", "english")
                .put("duration", seconds())
                .put("text", spoken());
        if (request.segments()) {
            describeSegment(response.withArray("segments").addObject());
        }
        if (request.words()) {
            response.withArray("words")
                    .addObject()
                    .put("word", "This")
                    .put("start", 0)
                    .put("end", seconds());
        }
    }

    private void describeSegment(ObjectNode segment) {
        segment.put("id", 0)
                .put("seek", 0)
                .put("start", 0)
                .put("end", seconds())
                .put("text", spoken());
        segment.withArray("tokens").add(50_364);
        segment.put("temperature", 0)
                .put("avg_logprob", -0.25)
                .put("compression_ratio", 1.2)
                .put("no_speech_prob", 0.01);
    }

    private void describeSpeakers(ObjectNode response) {
        response.put("task", "transcribe").put("duration", seconds()).put("text", spoken());
        response.withArray("segments").add(segment());
    }

    /** The event of a segment with its speaker. */
    ObjectNode segment() {
        return event("segment")
                .put("id", "seg_0")
                .put("start", 0)
                .put("end", seconds())
                .put("speaker", "A")
                .put("text", spoken());
    }

    ObjectNode delta(int index) {
        return event("delta").put("delta", CannedText.token(index));
    }

    ObjectNode done() {
        return addUsage(event("done").put("text", spoken()));
    }

    private static ObjectNode event(String name) {
        return newObject().put("type", "transcript.text." + name);
    }

    private ObjectNode addUsage(ObjectNode response) {
        fault.addUsage(response, request.isBySeconds() ? duration() : tokens());
        return response;
    }

    private ObjectNode duration() {
        ObjectNode usage = newObject().put("type", "duration");
        return fault == InjectedFault.BAD_USAGE
                ? usage
                : usage.put("seconds", fault.usageSign() * request.seconds());
    }

    private ObjectNode tokens() {
        int input = request.promptTokens() + request.audioTokens();
        ObjectNode usage = newObject();
        usage.put("type", "tokens").put("input_tokens", fault.usageSign() * input);
        usage.putObject("input_token_details")
                .put("text_tokens", request.promptTokens())
                .put("audio_tokens", request.audioTokens() + fault.usageExcess(0));
        usage.put("output_tokens", fault.usageSign() * request.outputTokens());
        return usage.put("total_tokens", fault.usageSign() * (input + request.outputTokens()));
    }

    private BigDecimal seconds() {
        return BigDecimal.valueOf(request.length().toMillis(), 3).stripTrailingZeros();
    }

    private String spoken() {
        return CannedText.first(request.outputTokens());
    }
}
