package dev.oaiproxy.sandbox.realtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.SandboxBill.ServedUsage;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.model.CannedText;
import java.util.List;

/**
 * The transcription of input audio by a separate model.
 *
 * @param bytes the audio, as PCM16 at 24 kHz
 */
record InputTranscription(String model, String itemId, int bytes) {
    private static final int BYTES_PER_SECOND = 48_000;
    private static final int BYTES_PER_TOKEN = 4_800;
    private static final int WORDS = 4;

    /** The tokens of input audio, one for each started tenth of a second. */
    static int audioTokens(int bytes) {
        return Math.ceilDiv(bytes, BYTES_PER_TOKEN);
    }

    ObjectNode delta(RealtimeEvents events) {
        return events.event("conversation.item.input_audio_transcription.delta")
                .put("item_id", itemId)
                .put("content_index", 0)
                .put("delta", CannedText.first(WORDS));
    }

    /** The event with the complete transcript and its usage. */
    ObjectNode completed(RealtimeEvents events) {
        ObjectNode event = events.event("conversation.item.input_audio_transcription.completed");
        event.put("item_id", itemId)
                .put("content_index", 0)
                .put("transcript", CannedText.first(WORDS));
        ObjectNode usage = event.putObject("usage");
        if (RealtimeModels.isBySeconds(model)) {
            usage.put("type", "duration").put("seconds", (double) bytes / BYTES_PER_SECOND);
        } else {
            int audio = audioTokens(bytes);
            usage.put("type", "tokens").put("total_tokens", audio + WORDS);
            usage.put("input_tokens", audio).put("output_tokens", WORDS);
            usage.putObject("input_token_details").put("text_tokens", 0).put("audio_tokens", audio);
        }
        return event;
    }

    /** The usage for the bill, with seconds rounded up. */
    ServedUsage served() {
        boolean bySeconds = RealtimeModels.isBySeconds(model);
        ExtraUsage heard =
                bySeconds
                        ? new ExtraUsage(model, "seconds", Math.ceilDiv(bytes, BYTES_PER_SECOND))
                        : new ExtraUsage(model, "audio_input", audioTokens(bytes));
        TokenCounts tokens = new TokenCounts(0, 0, 0, bySeconds ? 0 : WORDS, 0);
        return new ServedUsage(model, "default", tokens, List.of(heard));
    }
}
