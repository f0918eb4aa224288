package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.call.BilledCall;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** Sends a chat completion with audio, which is not streamed. */
record AudioChatResponse(BilledCall call, ChatPlan plan, ChatCompletionJson json) {
    private static final int AUDIO_PER_WORD = 4;
    private static final Duration KEPT = Duration.ofHours(1);

    void send() {
        ObjectNode response = json.completion();
        int audio = AUDIO_PER_WORD * plan.visible() * plan.request().choices();
        response.path("choices").forEach(choice -> speak((ObjectNode) choice.path("message")));
        if (response.path("usage") instanceof ObjectNode usage) {
            count(usage, audio);
        }
        String model = plan.request().model().snapshot();
        List<ExtraUsage> spoken = List.of(new ExtraUsage(model, "audio_output", audio));
        call.charge(
                new SandboxBill.ServedUsage(model, plan.tier(), plan.allTokens(), spoken),
                CallEnd.COMPLETE);
        call.exchange().send(response, plan.directives());
    }

    private void speak(ObjectNode message) {
        String transcript = message.path("content").asText();
        message.putNull("content")
                .putObject("audio")
                .put("id", "audio_" + call.exchange().requestId())
                .put("data", Base64.getEncoder().encodeToString(new byte[plan.visible()]))
                .put("expires_at", Instant.now().plus(KEPT).getEpochSecond())
                .put("transcript", transcript);
    }

    private static void count(ObjectNode usage, int audio) {
        int text = usage.path("completion_tokens").asInt();
        usage.put("completion_tokens", text + audio);
        usage.put("total_tokens", usage.path("total_tokens").asInt() + audio);
        usage.withObject("/completion_tokens_details")
                .put("text_tokens", text)
                .put("audio_tokens", audio);
        usage.withObject("/prompt_tokens_details")
                .put("text_tokens", usage.path("prompt_tokens").asInt())
                .put("image_tokens", 0);
    }
}
