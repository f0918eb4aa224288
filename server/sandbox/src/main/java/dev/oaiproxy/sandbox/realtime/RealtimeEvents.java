package dev.oaiproxy.sandbox.realtime;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.model.CannedText;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds the events of the realtime API. */
final class RealtimeEvents {
    /** 50 ms of silence, which is one token of output audio. */
    private static final byte[] TOKEN_OF_AUDIO = new byte[2400];

    private final SandboxState sandbox;
    private volatile @Nullable String previous;

    RealtimeEvents(SandboxState sandbox) {
        this.sandbox = sandbox;
    }

    /** The id of the conversation's last item, or null. */
    @Nullable String previous() {
        return previous;
    }

    ObjectNode event(String type) {
        return newObject().put("type", type).put("event_id", "event_" + sandbox.nextId());
    }

    ObjectNode session(String type, RealtimeSession session) {
        return event(type).set("session", session.json());
    }

    ObjectNode error(ApiError problem, @Nullable String eventId) {
        ObjectNode event = event("error").setAll(problem.json());
        event.withObject("/error").put("event_id", eventId);
        return event;
    }

    ObjectNode item(String type, JsonNode item) {
        ObjectNode event = event(type).put("previous_item_id", previous);
        event.set("item", item);
        if (type.endsWith(".done")) {
            previous = item.path("id").asText();
        }
        return event;
    }

    /** The event for the start or end of a user's speech. */
    ObjectNode speech(String step, String itemId) {
        return event("input_audio_buffer.speech_" + step).put("item_id", itemId);
    }

    /** The item of a spoken turn of the user. */
    ObjectNode spokenItem(String id) {
        ObjectNode item = message(id, "user", "completed");
        item.putArray("content").addObject().put("type", "input_audio").putNull("transcript");
        return item;
    }

    /** The item of a response before its first word. */
    ObjectNode begunItem(RealtimePlan plan) {
        ObjectNode item = message("item_" + plan.id(), "assistant", "in_progress");
        item.putArray("content");
        return item;
    }

    ObjectNode outputItem(RealtimePlan plan, String status, int made) {
        ObjectNode item = message("item_" + plan.id(), "assistant", status);
        String kind = plan.spoken() ? "output_audio" : "output_text";
        item.putArray("content")
                .addObject()
                .put("type", kind)
                .put(plan.spoken() ? "transcript" : "text", CannedText.first(made));
        return item;
    }

    private static ObjectNode message(String id, String role, String status) {
        return newObject()
                .put("id", id)
                .put("type", "message")
                .put("status", status)
                .put("role", role);
    }

    ObjectNode delta(RealtimePlan plan, String kind, String delta) {
        return inPart(plan, kind + ".delta").put("delta", delta);
    }

    /** An event of a response's only content part. */
    ObjectNode inPart(RealtimePlan plan, String kind) {
        return event("response." + kind)
                .put("response_id", plan.id())
                .put("item_id", "item_" + plan.id())
                .put("output_index", 0)
                .put("content_index", 0);
    }

    /** The event that adds or completes the content part. */
    ObjectNode part(RealtimePlan plan, String step, int made) {
        ObjectNode event = inPart(plan, "content_part." + step);
        event.putObject("part")
                .put("type", plan.spoken() ? "audio" : "text")
                .put(plan.spoken() ? "transcript" : "text", CannedText.first(made));
        return event;
    }

    /** The event that adds or completes the output item. */
    ObjectNode output(RealtimePlan plan, String step, JsonNode item) {
        return event("response.output_item." + step)
                .put("response_id", plan.id())
                .put("output_index", 0)
                .set("item", item);
    }

    /** The rate limits, which the stand-in does not enforce. */
    ObjectNode limits() {
        ObjectNode event = event("rate_limits.updated");
        for (String name : List.of("requests", "tokens")) {
            event.withArray("rate_limits")
                    .addObject()
                    .put("name", name)
                    .put("limit", 50_000)
                    .put("remaining", 49_950)
                    .put("reset_seconds", 0.06);
        }
        return event;
    }

    static String audio() {
        byte[] word = new byte[TOKEN_OF_AUDIO.length * RealtimePlan.AUDIO_PER_WORD];
        return Base64.getEncoder().encodeToString(word);
    }

    ObjectNode created(RealtimePlan plan) {
        ObjectNode event = event("response.created");
        response(event, plan, "in_progress").putNull("usage").putArray("output");
        return event;
    }

    ObjectNode done(RealtimePlan plan, String status, int made) {
        ObjectNode event = event("response.done");
        ObjectNode response = response(event, plan, status);
        response.putArray("output").add(outputItem(plan, status, made));
        InjectedFault fault = plan.directives().fault();
        if (fault == InjectedFault.NO_USAGE) {
            response.putNull("usage");
        } else {
            response.set("usage", plan.usage(made).json(fault));
        }
        return event;
    }

    /** The end of a response that failed before any output, which costs nothing. */
    ObjectNode failed(RealtimePlan plan, ApiError problem) {
        ObjectNode event = event("response.done");
        ObjectNode response = response(event, plan, "failed");
        response.putNull("usage").putArray("output");
        response.putObject("status_details").put("type", "failed").setAll(problem.json());
        return event;
    }

    private static ObjectNode response(ObjectNode event, RealtimePlan plan, String status) {
        return event.putObject("response")
                .put("object", "realtime.response")
                .put("id", plan.id())
                .put("status", status)
                .putNull("status_details")
                .putNull("metadata")
                .put("conversation_id", plan.aside() ? null : "conv_sandbox")
                .setAll(plan.output());
    }
}
