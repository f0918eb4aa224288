package dev.oaiproxy.sandbox.realtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.Sandbox;
import dev.oaiproxy.sandbox.http.Problem;
import dev.oaiproxy.sandbox.http.Socket;
import dev.oaiproxy.sandbox.model.Model;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** {@code /v1/realtime}: a conversation by events, or the transcription of what is spoken. */
final class RealtimeTalk implements Socket.Talk {
    /** What the stand-in's voice detection takes for a turn: each full second. */
    private static final int TURN_BYTES = 48_000;

    private static final int TURN_MILLIS = 1000;

    /** The cache holds what was read before, in steps. */
    private static final int CACHE_STEP = 64;

    private final Sandbox sandbox;
    private final Socket socket;
    private final RealtimeShapes shapes;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Turn> turns = new ArrayList<>();
    private final List<RealtimeAnswer> answers = new ArrayList<>();
    private RealtimeSession session;
    private int read;
    private int buffered;

    /** A turn of the conversation, in tokens. */
    private record Turn(int text, int audio, String words) {}

    private RealtimeTalk(Sandbox sandbox, Socket socket, RealtimeSession session) {
        this.sandbox = sandbox;
        this.socket = socket;
        this.shapes = new RealtimeShapes(sandbox);
        this.session = session;
    }

    static RealtimeTalk with(Sandbox sandbox, Socket socket, String model) {
        return new RealtimeTalk(
                sandbox, socket, RealtimeSession.conversing(sandbox.nextId(), model));
    }

    static RealtimeTalk transcribing(Sandbox sandbox, Socket socket) {
        return new RealtimeTalk(sandbox, socket, RealtimeSession.transcribing(sandbox.nextId()));
    }

    @Override
    public void opened() {
        socket.send(shapes.session("session.created", session));
    }

    @Override
    public void left() {}

    @Override
    public void heard(JsonNode event) {
        lock.lock();
        try {
            answer(event).ifPresent(problem -> refuse(problem, event));
        } catch (IllegalArgumentException directive) {
            refuse(Problem.invalid("" + directive.getMessage(), null), event);
        } finally {
            lock.unlock();
        }
    }

    private void refuse(Problem problem, JsonNode event) {
        socket.send(shapes.error(problem, event.path("event_id").asText(null)));
    }

    private Optional<Problem> answer(JsonNode event) {
        return switch (event.path("type").asText()) {
            case "session.update" -> update(event.path("session"));
            case "conversation.item.create" -> add(event.path("item"));
            case "input_audio_buffer.append" -> append(event.path("audio").asText());
            case "input_audio_buffer.commit" -> commit();
            case "input_audio_buffer.clear" -> clear();
            case "response.create" -> respond(event.path("response"));
            case "response.cancel" -> cancel();
            default -> Optional.of(Problem.invalid("Invalid value for 'type'.", "type"));
        };
    }

    private Optional<Problem> update(JsonNode update) {
        String model = update.path("model").asText(session.model());
        if (!model.equals(session.model())) {
            return Optional.of(Problem.invalid("A session's model cannot change.", "model"));
        }
        RealtimeSession updated = session.with(update);
        Optional<String> transcriber = updated.transcriber();
        if (transcriber.isPresent() && !SpokenModels.transcribes(transcriber.get())) {
            return Optional.of(Problem.noSuchModel(transcriber.get()));
        }
        session = updated;
        socket.send(shapes.session("session.updated", session));
        return Optional.empty();
    }

    private Optional<Problem> add(JsonNode item) {
        if (!(item.deepCopy() instanceof ObjectNode made)) {
            return Optional.of(Problem.missing("item"));
        }
        String words = item.path("content").findValuesAsText("text").toString();
        turns.add(new Turn(count(words), 0, words));
        if (!made.has("id")) {
            made.put("id", "item_" + sandbox.nextId());
        }
        socket.send(shapes.item("conversation.item.added", made));
        socket.send(shapes.item("conversation.item.done", made));
        return Optional.empty();
    }

    private int count(String words) {
        return sandbox.tokenizer().count(new Model(session.model(), session.model()), words);
    }

    private Optional<Problem> append(String audio) {
        buffered += Base64.getDecoder().decode(audio).length;
        while (session.hasVad() && buffered >= TURN_BYTES) {
            String id = "item_" + sandbox.nextId();
            socket.send(shapes.speech("started", id).put("audio_start_ms", 0));
            socket.send(shapes.speech("stopped", id).put("audio_end_ms", TURN_MILLIS));
            commit(id, TURN_BYTES);
        }
        return Optional.empty();
    }

    private Optional<Problem> commit() {
        if (buffered == 0) {
            return Optional.of(Problem.invalid("The input audio buffer is empty.", null));
        }
        commit("item_" + sandbox.nextId(), buffered);
        return Optional.empty();
    }

    private void commit(String id, int bytes) {
        buffered -= bytes;
        socket.send(
                shapes.event("input_audio_buffer.committed")
                        .put("previous_item_id", shapes.previous())
                        .put("item_id", id));
        ObjectNode item = shapes.spokenItem(id);
        turns.add(new Turn(0, Transcription.audioTokens(bytes), ""));
        socket.send(shapes.item("conversation.item.added", item));
        socket.send(shapes.item("conversation.item.done", item));
        session.transcriber().ifPresent(model -> transcribe(new Transcription(model, id, bytes)));
        if (session.answers() && session.hasVad() && answers.isEmpty()) {
            start(MissingNode.getInstance());
        }
    }

    private void transcribe(Transcription transcription) {
        sandbox.bill().add(transcription.entry());
        socket.send(transcription.delta(shapes));
        socket.send(transcription.completed(shapes));
    }

    private Optional<Problem> clear() {
        buffered = 0;
        socket.send(shapes.event("input_audio_buffer.cleared"));
        return Optional.empty();
    }

    private Optional<Problem> respond(JsonNode asked) {
        boolean aside = asked.path("conversation").asText().equals("none");
        if (!aside && answers.stream().anyMatch(answer -> !answer.order().aside())) {
            return Optional.of(
                    Problem.invalid("Conversation already has an active response.", null));
        }
        start(asked);
        return Optional.empty();
    }

    private void start(JsonNode asked) {
        String words = turns.isEmpty() ? "" : turns.getLast().words();
        RealtimeOrder.Context context = new RealtimeOrder.Context(session, reading(), words);
        RealtimeOrder order = RealtimeOrder.of(asked, context, sandbox);
        read = turns.size();
        RealtimeAnswer answer = new RealtimeAnswer(sandbox, socket, shapes, order);
        answers.add(answer);
        Thread.ofVirtual().start(() -> make(answer));
    }

    private void make(RealtimeAnswer answer) {
        try {
            answer.make(() -> ended(answer));
        } finally {
            ended(answer);
        }
    }

    /** Before its last event leaves, so that a client that has it may ask for the next. */
    private void ended(RealtimeAnswer answer) {
        lock.lock();
        try {
            if (answers.remove(answer) && !answer.order().aside()) {
                RealtimeUsage usage = answer.order().usage(answer.made());
                turns.add(new Turn(usage.textOut(), usage.audioOut(), ""));
            }
        } finally {
            lock.unlock();
        }
    }

    /** What a response that begins now has to read. */
    private RealtimeUsage reading() {
        int text = count(session.instructions());
        int audio = 0;
        int textRead = 0;
        int audioRead = 0;
        for (int i = 0; i < turns.size(); i++) {
            Turn turn = turns.get(i);
            text += turn.text();
            audio += turn.audio();
            textRead += i < read ? turn.text() : 0;
            audioRead += i < read ? turn.audio() : 0;
        }
        return new RealtimeUsage(text, step(textRead), audio, step(audioRead), 0, 0);
    }

    private static int step(int tokens) {
        return tokens / CACHE_STEP * CACHE_STEP;
    }

    private Optional<Problem> cancel() {
        if (answers.isEmpty()) {
            return Optional.of(Problem.invalid("No active response to cancel.", null));
        }
        answers.forEach(RealtimeAnswer::cancel);
        return Optional.empty();
    }
}
