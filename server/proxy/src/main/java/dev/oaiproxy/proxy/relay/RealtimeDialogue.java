package dev.oaiproxy.proxy.relay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.proxy.upstream.Message;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The meter of {@code /realtime}: each response is charged as it is done, each transcription as it
 * is completed. Of the client's events those pass that are known, of OpenAI's all.
 */
final class RealtimeDialogue implements Dialogue {
    /** The events of a client that begin nothing which is billed. */
    private static final Set<String> HARMLESS =
            Set.of(
                    "input_audio_buffer.commit",
                    "input_audio_buffer.clear",
                    "output_audio_buffer.clear",
                    "conversation.item.retrieve",
                    "conversation.item.truncate",
                    "conversation.item.delete",
                    "response.cancel");

    private final @Nullable Responses responses;
    private final Hearing hearing;
    private final SessionRules rules;
    private final Lease lease;
    private final ReentrantLock lock = new ReentrantLock();

    private final LimitUpdates updates = new LimitUpdates(lock.newCondition());

    /** Whether a client's message is heard once more, and is counted already. */
    private boolean again;

    /** Whether the message that is heard next has been heard before, and waited for OpenAI. */
    private boolean waited;

    /** From then on only what has begun is held and charged, and nothing for what could begin. */
    private boolean over;

    /** Whether the client has gone, so that it is not OpenAI that has broken off. */
    private boolean left;

    /**
     * @param responses null where the conversation transcribes only
     * @param lease what the conversation holds of the server's memory
     */
    RealtimeDialogue(@Nullable Responses responses, Hearing hearing, Lease lease) {
        this.responses = responses;
        this.hearing = hearing;
        this.lease = lease;
        this.rules = new SessionRules(responses == null ? null : responses.model());
    }

    /** What begins before OpenAI has set a limit could cost more than is held: so nothing does. */
    @Override
    public Verdict heard(Message message) {
        lock.lock();
        try {
            boolean late = over && !waited;
            Verdict verdict = next(message, late);
            waited = verdict instanceof Verdict.First;
            return verdict;
        } finally {
            lock.unlock();
        }
    }

    /** What comes of a message, which is late when the client was told of the end before it. */
    private Verdict next(Message message, boolean late) {
        OutputLimit lowered = lowered();
        if (lowered != null && !updates.isSent(lowered)) {
            return updates.await(() -> over || updates.isKnown()) ? first(lowered) : silent();
        }
        if (!updates.await(() -> lowered() == null)) {
            return silent();
        }
        if (over && !late) {
            // Ended while it waited; the client is told why by the one that has ended it.
            return new Verdict.Drop();
        }
        Verdict verdict = read(message);
        again = verdict instanceof Verdict.First;
        return verdict;
    }

    /** The limit that OpenAI has yet to set. */
    private @Nullable OutputLimit lowered() {
        return responses == null || over ? null : responses.lowered();
    }

    private Verdict first(OutputLimit limit) {
        return over ? new Verdict.Drop() : updates.send(limit);
    }

    private Verdict silent() {
        return stop(new Refusal.Broken(true), null);
    }

    private Verdict read(Message message) {
        try (Lease tree = lease.another()) {
            return SocketEvent.ofClient(message, tree)
                    .map(event -> heard(message, event))
                    .orElseGet(() -> deny("Not an event: a JSON object with a type.", null, null));
        }
    }

    private Verdict heard(Message message, JsonNode event) {
        String id = event.path("event_id").asText(null);
        if (over) {
            return deny("The conversation is over.", null, id);
        }
        return switch (event.path("type").asText()) {
            case "session.update" -> update(message, event, id);
            case "response.create" -> create(message, event, id);
            case "input_audio_buffer.append" -> append(message, event.path("audio"), id);
            case "conversation.item.create" ->
                    grown(message, input -> input.item(event.path("item")));
            case "transcription_session.update" -> deny("Use session.update.", "type", id);
            case String type when HARMLESS.contains(type) -> new Verdict.Pass(message);
            default -> deny("This proxy does not know that event.", "type", id);
        };
    }

    private static Verdict deny(String why, @Nullable String param, @Nullable String id) {
        return new Verdict.Deny(new Refusal.Malformed(why, param), id);
    }

    private Verdict append(Message message, JsonNode audio, @Nullable String id) {
        if (responses == null && !hearing.listens()) {
            return deny("Name the model that is to transcribe first.", "session.audio", id);
        }
        long bytes = SocketEvent.decoded(audio);
        Refusal refused = again ? null : hearing.append(bytes);
        return refused == null ? grown(message, input -> input.heard(bytes)) : stop(refused, null);
    }

    /** Passes a message on when what it adds to the input of the next response is held. */
    private Verdict grown(Message message, Consumer<TurnInput> addition) {
        return stopOrPass(added(addition), message);
    }

    /** The same without counting twice what is heard again. */
    private @Nullable Refusal added(Consumer<TurnInput> addition) {
        return growth(again ? input -> {} : addition);
    }

    private @Nullable Refusal growth(Consumer<TurnInput> addition) {
        if (responses == null) {
            return null;
        }
        addition.accept(responses.input());
        return responses.grow();
    }

    /** Nothing of a message that cannot be paid for goes on. */
    private Verdict stopOrPass(@Nullable Refusal refused, Message message) {
        return refused == null ? new Verdict.Pass(message) : stopOrLower(refused);
    }

    /** What a shorter output leaves money for can still go on. */
    private Verdict stopOrLower(Refusal refused) {
        if (responses == null || !responses.lower(refused)) {
            return stop(refused, null);
        }
        return updates.send(Objects.requireNonNull(responses.lowered()));
    }

    private Verdict stop(Refusal why, @Nullable Message message) {
        over = true;
        updates.end();
        return new Verdict.Stop(why, message);
    }

    private Verdict update(Message message, JsonNode event, @Nullable String id) {
        JsonNode session = event.path("session");
        Refusal objection = rules.typeObjection(session);
        if (objection == null) {
            objection = rules.objection(session, "session");
        }
        if (objection == null) {
            objection = transcription(session);
        }
        if (objection == null && responses != null && !again) {
            objection = responses.limit(OutputLimit.in(session));
        }
        if (objection != null) {
            return refused(objection, id);
        }
        Refusal refused = added(input -> input.set(session));
        return stopOrPass(refused, covered(message, event, "session"));
    }

    /** What money forbids ends the conversation; what else is forbidden only is not passed on. */
    private Verdict refused(Refusal objection, @Nullable String id) {
        return switch (objection) {
            case Refusal.NotGranted denied -> stop(denied, null);
            default -> new Verdict.Deny(objection, id);
        };
    }

    /** An event whose limit on the output is no higher than what is held. */
    private Message covered(Message message, JsonNode event, String where) {
        return responses != null && responses.isUncovered(OutputLimit.in(event.path(where)))
                ? OutputLimit.lowered(event, where, responses.limit())
                : message;
    }

    private @Nullable Refusal transcription(JsonNode session) {
        if (SessionRules.isAmbiguous(session)) {
            return new Refusal.Malformed(
                    "Say once what is to transcribe.", "session.input_audio_transcription");
        }
        JsonNode wanted = SessionRules.transcription(session).orElse(null);
        if (wanted == null) {
            return null;
        }
        String model = wanted.path("model").asText();
        return model.isEmpty()
                ? new Refusal.Malformed("Name the model that is to transcribe.", "session.audio")
                : hearing.use(model, TurnInput.tokens(wanted));
    }

    private Verdict create(Message message, JsonNode event, @Nullable String id) {
        JsonNode response = event.path("response");
        if (responses == null) {
            Refusal why = new Refusal.Malformed("This conversation transcribes only.", "type");
            return new Verdict.Deny(why, id);
        }
        Refusal objection = rules.objection(response, "response");
        if (objection != null) {
            return new Verdict.Deny(objection, id);
        }
        if (responses.exceeds(OutputLimit.in(response))) {
            Refusal why =
                    new Refusal.Malformed(
                            "More than the session's max_output_tokens, which is what is held.",
                            "response.max_output_tokens");
            return new Verdict.Deny(why, id);
        }
        Refusal refused = added(input -> input.response(response));
        if (refused != null) {
            return stopOrLower(refused);
        }
        // Were it the client's, OpenAI's complaint about another event could seem to be about this.
        String own = "event_" + UUID.randomUUID();
        Message.Text covered = (Message.Text) covered(message, event, "response");
        return stopOrPass(responses.ask(own, id), SocketEvent.withId(covered, own));
    }

    @Override
    public Verdict told(Message message) {
        lock.lock();
        try (Lease tree = lease.another()) {
            return message instanceof Message.Text said
                    ? told(said, tree)
                    : new Verdict.Pass(message);
        } finally {
            lock.unlock();
        }
    }

    private Verdict told(Message.Text message, Lease tree) {
        String type = SocketEvent.type(message.text());
        if (responses != null && type.startsWith("response.") && type.endsWith(".delta")) {
            responses.heard(type, message.text());
        }
        return switch (type) {
            case "session.created", "session.updated" -> session(message, tree);
            case "response.created" -> begun(message, tree);
            case "response.done" -> done(message, tree);
            case "error" -> error(message, tree);
            case "input_audio_buffer.committed" -> committed(message, tree);
            case "conversation.item.input_audio_transcription.completed" ->
                    charged(hearing.completed(SocketEvent.whole(message.text(), tree)), message);
            case "conversation.item.input_audio_transcription.failed" ->
                    charged(hearing.failed(SocketEvent.whole(message.text(), tree)), message);
            default -> new Verdict.Pass(message);
        };
    }

    /** What was charged goes on; what could not be written down does not. */
    private Verdict charged(boolean durable, Message message) {
        return durable
                ? new Verdict.Pass(message, hearing.cost())
                : stop(new Refusal.NotRecorded(), null);
    }

    private Verdict session(Message.Text message, Lease tree) {
        if (responses != null) {
            JsonNode session = SocketEvent.whole(message.text(), tree).path("session");
            boolean own = responses.limited(session);
            updates.told(session);
            Refusal refused = growth(input -> input.isSet(session));
            Verdict on = own ? new Verdict.Drop() : new Verdict.Pass(message);
            return refused == null || over ? on : stop(refused, message);
        }
        return new Verdict.Pass(message);
    }

    private Verdict begun(Message.Text message, Lease tree) {
        if (responses == null) {
            return stop(new Refusal.NotRecorded(), null);
        }
        JsonNode response = SocketEvent.whole(message.text(), tree).path("response");
        Refusal refused = responses.begin(response.path("id").asText());
        return refused == null ? new Verdict.Pass(message) : stop(refused, message);
    }

    private Verdict done(Message.Text message, Lease tree) {
        if (responses == null) {
            return stop(new Refusal.NotRecorded(), null);
        }
        if (!responses.done(SocketEvent.whole(message.text(), tree))) {
            return stop(new Refusal.NotRecorded(), null);
        }
        Refusal refused = over ? null : responses.grow();
        if (refused == null && !over) {
            refused = responses.keep();
        }
        if (refused == null) {
            return new Verdict.Pass(message, responses.cost());
        }
        over = true;
        updates.end();
        return new Verdict.Stop(refused, message, responses.cost());
    }

    private Verdict error(Message.Text message, Lease tree) {
        if (responses == null) {
            return new Verdict.Pass(message);
        }
        String own =
                SocketEvent.whole(message.text(), tree).path("error").path("event_id").asText();
        if (updates.isOwn(own)) {
            return stop(new Refusal.Broken(false), null);
        }
        return responses
                .denied(own)
                .map(given -> SocketEvent.renamed(message, own, given))
                .<Verdict>map(Verdict.Pass::new)
                .orElseGet(() -> new Verdict.Pass(message));
    }

    private Verdict committed(Message.Text message, Lease tree) {
        JsonNode event = SocketEvent.whole(message.text(), tree);
        Refusal refused = hearing.committed(event.path("item_id").asText());
        if (refused == null && !over) {
            refused = growth(TurnInput::committed);
        }
        if (refused == null && !over) {
            refused = hearing.keep();
        }
        return refused == null || over ? new Verdict.Pass(message) : stop(refused, message);
    }

    @Override
    public void left() {
        lock.lock();
        try {
            over = true;
            left = true;
            updates.end();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isOwing() {
        lock.lock();
        try {
            return (responses != null && responses.isOwing()) || hearing.isOwing();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void end() {
        lock.lock();
        try {
            over = true;
            updates.end();
            if (responses != null && left) {
                responses.end();
            } else if (responses != null) {
                responses.broken();
            }
            hearing.end();
        } finally {
            lock.unlock();
        }
    }
}
