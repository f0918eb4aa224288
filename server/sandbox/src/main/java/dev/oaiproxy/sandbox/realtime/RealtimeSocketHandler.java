package dev.oaiproxy.sandbox.realtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.JsonWebSocket;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Handles {@code /v1/realtime}: a conversation, or the transcription of audio. */
final class RealtimeSocketHandler implements JsonWebSocket.MessageListener {
    /** The stand-in's voice detection takes each full second for a turn. */
    private static final int TURN_BYTES = 48_000;

    private static final int TURN_MILLIS = 1000;

    private final SandboxState sandbox;
    private final JsonWebSocket socket;
    private final RealtimeEvents events;
    private final RealtimeConversation conversation;
    private final List<RealtimeRun> runs = new ArrayList<>();
    private RealtimeSession session;
    private int buffered;

    private RealtimeSocketHandler(
            SandboxState sandbox, JsonWebSocket socket, RealtimeSession session) {
        this.sandbox = sandbox;
        this.socket = socket;
        this.events = new RealtimeEvents(sandbox);
        this.session = session;
        this.conversation = new RealtimeConversation(session.model(), sandbox.tokenizer());
    }

    static RealtimeSocketHandler with(SandboxState sandbox, JsonWebSocket socket, String model) {
        return new RealtimeSocketHandler(
                sandbox, socket, RealtimeSession.conversing(sandbox.nextId(), model));
    }

    static RealtimeSocketHandler transcribing(SandboxState sandbox, JsonWebSocket socket) {
        return new RealtimeSocketHandler(
                sandbox, socket, RealtimeSession.transcribing(sandbox.nextId()));
    }

    @Override
    public void opened() {
        socket.send(events.session("session.created", session));
    }

    @Override
    public synchronized void received(JsonNode event) {
        try {
            answer(event);
        } catch (ApiError problem) {
            refuse(problem, event);
        } catch (IllegalArgumentException directive) {
            refuse(ApiError.invalid("" + directive.getMessage()), event);
        }
    }

    private void refuse(ApiError problem, JsonNode event) {
        socket.send(events.error(problem, event.path("event_id").asText(null)));
    }

    private void answer(JsonNode event) {
        switch (event.path("type").asText()) {
            case "session.update" -> update(event.path("session"));
            case "conversation.item.create" -> add(event.path("item"));
            case "input_audio_buffer.append" -> append(event.path("audio").asText());
            case "input_audio_buffer.commit" -> commit();
            case "input_audio_buffer.clear" -> clear();
            case "response.create" -> respond(event.path("response"));
            case "response.cancel" -> cancel();
            default -> throw ApiError.invalid("Invalid value for 'type'.", "type");
        }
    }

    private void update(JsonNode update) {
        String model = update.path("model").asText(session.model());
        ApiError.throwIf(
                !model.equals(session.model()),
                ApiError.invalid("A session's model cannot change.", "model"));
        RealtimeSession updated = session.with(update);
        String transcriber = updated.transcriber().orElse("");
        ApiError.throwIf(
                !transcriber.isEmpty() && !RealtimeModels.transcribes(transcriber),
                ApiError.noSuchModel(transcriber));
        session = updated;
        socket.send(events.session("session.updated", session));
    }

    private void add(JsonNode item) {
        if (!(item.deepCopy() instanceof ObjectNode made)) {
            throw ApiError.missing("item");
        }
        String words = item.path("content").findValuesAsText("text").toString();
        conversation.addText(words);
        if (!made.has("id")) {
            made.put("id", "item_" + sandbox.nextId());
        }
        socket.send(events.item("conversation.item.added", made));
        socket.send(events.item("conversation.item.done", made));
    }

    private void append(String audio) {
        buffered += Base64.getDecoder().decode(audio).length;
        while (session.hasVad() && buffered >= TURN_BYTES) {
            String id = "item_" + sandbox.nextId();
            socket.send(events.speech("started", id).put("audio_start_ms", 0));
            socket.send(events.speech("stopped", id).put("audio_end_ms", TURN_MILLIS));
            commit(id, TURN_BYTES);
        }
    }

    private void commit() {
        ApiError.throwIf(buffered == 0, ApiError.invalid("The input audio buffer is empty."));
        commit("item_" + sandbox.nextId(), buffered);
    }

    private void commit(String id, int bytes) {
        buffered -= bytes;
        socket.send(
                events.event("input_audio_buffer.committed")
                        .put("previous_item_id", events.previous())
                        .put("item_id", id));
        ObjectNode item = events.spokenItem(id);
        conversation.addAudio(InputTranscription.audioTokens(bytes));
        socket.send(events.item("conversation.item.added", item));
        socket.send(events.item("conversation.item.done", item));
        session.transcriber()
                .ifPresent(model -> transcribe(new InputTranscription(model, id, bytes)));
        if (session.converses() && session.hasVad() && runs.isEmpty()) {
            start(MissingNode.getInstance());
        }
    }

    private void transcribe(InputTranscription transcription) {
        sandbox.bill()
                .addSocketCall(
                        transcription.itemId(),
                        "realtime",
                        transcription.served(),
                        CallEnd.COMPLETE);
        socket.send(transcription.delta(events));
        socket.send(transcription.completed(events));
    }

    private void clear() {
        buffered = 0;
        socket.send(events.event("input_audio_buffer.cleared"));
    }

    private void respond(JsonNode asked) {
        boolean aside = asked.path("conversation").asText().equals("none");
        ApiError.throwIf(
                !aside && runs.stream().anyMatch(run -> !run.plan().aside()),
                ApiError.invalid("Conversation already has an active response."));
        start(asked);
    }

    private void start(JsonNode asked) {
        RealtimePlan plan = RealtimePlan.of(asked, session, conversation, sandbox);
        RealtimeRun run = new RealtimeRun(sandbox, socket, events, plan);
        runs.add(run);
        Thread.ofVirtual().start(() -> make(run));
    }

    private void make(RealtimeRun run) {
        try {
            run.make(() -> ended(run));
        } finally {
            ended(run);
        }
    }

    /** Runs before the last event, so that a client that has it can request the next response. */
    private synchronized void ended(RealtimeRun run) {
        if (runs.remove(run) && !run.plan().aside()) {
            conversation.addResponse(run.plan().usage(run.made()));
        }
    }

    private void cancel() {
        ApiError.throwIf(runs.isEmpty(), ApiError.invalid("No active response to cancel."));
        runs.forEach(RealtimeRun::cancel);
    }
}
