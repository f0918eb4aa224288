package dev.oaiproxy.proxy.relay.socket;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
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
final class RealtimeMeter implements SocketMeter {
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

    private final @Nullable ResponseMeter responseMeter;
    private final TranscriptionMeter transcriptionMeter;
    private final SessionRules rules;
    private final Lease lease;
    private final ReentrantLock lock = new ReentrantLock();

    private final OutputLimitUpdates updates = new OutputLimitUpdates(lock.newCondition());

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
    RealtimeMeter(
            @Nullable ResponseMeter responseMeter,
            TranscriptionMeter transcriptionMeter,
            Lease lease) {
        this.responseMeter = responseMeter;
        this.transcriptionMeter = transcriptionMeter;
        this.lease = lease;
        this.rules = new SessionRules(responseMeter == null ? null : responseMeter.model());
    }

    /** What begins before OpenAI has set a limit could cost more than is held: so nothing does. */
    @Override
    public MessageAction heard(WebSocketMessage webSocketMessage) {
        lock.lock();
        try {
            boolean late = over && !waited;
            MessageAction action = next(webSocketMessage, late);
            waited = action instanceof MessageAction.First;
            return action;
        } finally {
            lock.unlock();
        }
    }

    /** What comes of a message, which is late when the client was told of the end before it. */
    private MessageAction next(WebSocketMessage webSocketMessage, boolean late) {
        OutputLimit lowered = lowered();
        if (lowered != null && !updates.isSent(lowered)) {
            return updates.await(() -> over || updates.isKnown()) ? first(lowered) : silent();
        }
        if (!updates.await(() -> lowered() == null)) {
            return silent();
        }
        if (over && !late) {
            // Ended while it waited; the client is told why by the one that has ended it.
            return new MessageAction.Drop();
        }
        MessageAction action = read(webSocketMessage);
        again = action instanceof MessageAction.First;
        return action;
    }

    /** The limit that OpenAI has yet to set. */
    private @Nullable OutputLimit lowered() {
        return responseMeter == null || over ? null : responseMeter.lowered();
    }

    private MessageAction first(OutputLimit limit) {
        return over ? new MessageAction.Drop() : updates.send(limit);
    }

    private MessageAction silent() {
        return stop(new Refusal.Broken(true), null);
    }

    private MessageAction read(WebSocketMessage webSocketMessage) {
        try (Lease tree = lease.another()) {
            return SocketEvent.ofClient(webSocketMessage, tree)
                    .map(event -> heard(webSocketMessage, event))
                    .orElseGet(() -> deny("Not an event: a JSON object with a type.", null, null));
        }
    }

    private MessageAction heard(WebSocketMessage webSocketMessage, JsonNode event) {
        String id = event.path("event_id").asText(null);
        if (over) {
            return deny("The conversation is over.", null, id);
        }
        return switch (event.path("type").asText()) {
            case "session.update" -> update(webSocketMessage, event, id);
            case "response.create" -> create(webSocketMessage, event, id);
            case "input_audio_buffer.append" -> append(webSocketMessage, event.path("audio"), id);
            case "conversation.item.create" ->
                    grown(webSocketMessage, input -> input.item(event.path("item")));
            case "transcription_session.update" -> deny("Use session.update.", "type", id);
            case String type when HARMLESS.contains(type) ->
                    new MessageAction.Pass(webSocketMessage);
            default -> deny("This proxy does not know that event.", "type", id);
        };
    }

    private static MessageAction deny(String why, @Nullable String param, @Nullable String id) {
        return new MessageAction.Deny(new Refusal.Malformed(why, param), id);
    }

    private MessageAction append(
            WebSocketMessage webSocketMessage, JsonNode audio, @Nullable String id) {
        if (responseMeter == null && !transcriptionMeter.listens()) {
            return deny("Name the model that is to transcribe first.", "session.audio", id);
        }
        long bytes = SocketEvent.decoded(audio);
        Refusal refused = again ? null : transcriptionMeter.append(bytes);
        return refused == null
                ? grown(webSocketMessage, input -> input.heard(bytes))
                : stop(refused, null);
    }

    /** Passes a message on when what it adds to the input of the next response is held. */
    private MessageAction grown(WebSocketMessage webSocketMessage, Consumer<TurnInput> addition) {
        return stopOrPass(added(addition), webSocketMessage);
    }

    /** The same without counting twice what is heard again. */
    private @Nullable Refusal added(Consumer<TurnInput> addition) {
        return growth(again ? input -> {} : addition);
    }

    private @Nullable Refusal growth(Consumer<TurnInput> addition) {
        if (responseMeter == null) {
            return null;
        }
        addition.accept(responseMeter.input());
        return responseMeter.grow();
    }

    /** Nothing of a message that cannot be paid for goes on. */
    private MessageAction stopOrPass(@Nullable Refusal refused, WebSocketMessage webSocketMessage) {
        return refused == null ? new MessageAction.Pass(webSocketMessage) : stopOrLower(refused);
    }

    /** What a shorter output leaves money for can still go on. */
    private MessageAction stopOrLower(Refusal refused) {
        if (responseMeter == null || !responseMeter.lower(refused)) {
            return stop(refused, null);
        }
        return updates.send(Objects.requireNonNull(responseMeter.lowered()));
    }

    private MessageAction stop(Refusal why, @Nullable WebSocketMessage webSocketMessage) {
        over = true;
        updates.end();
        return new MessageAction.Stop(why, webSocketMessage);
    }

    private MessageAction update(
            WebSocketMessage webSocketMessage, JsonNode event, @Nullable String id) {
        JsonNode session = event.path("session");
        Refusal objection = rules.typeObjection(session);
        if (objection == null) {
            objection = rules.objection(session, "session");
        }
        if (objection == null) {
            objection = transcription(session);
        }
        if (objection == null && responseMeter != null && !again) {
            objection = responseMeter.limit(OutputLimit.in(session));
        }
        if (objection != null) {
            return refused(objection, id);
        }
        Refusal refused = added(input -> input.set(session));
        return stopOrPass(refused, covered(webSocketMessage, event, "session"));
    }

    /** What money forbids ends the conversation; what else is forbidden only is not passed on. */
    private MessageAction refused(Refusal objection, @Nullable String id) {
        return switch (objection) {
            case Refusal.NotGranted denied -> stop(denied, null);
            default -> new MessageAction.Deny(objection, id);
        };
    }

    /** An event whose limit on the output is no higher than what is held. */
    private WebSocketMessage covered(
            WebSocketMessage webSocketMessage, JsonNode event, String where) {
        return responseMeter != null && responseMeter.isUncovered(OutputLimit.in(event.path(where)))
                ? OutputLimit.lowered(event, where, responseMeter.limit())
                : webSocketMessage;
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
                : transcriptionMeter.use(model, TurnInput.tokens(wanted));
    }

    private MessageAction create(
            WebSocketMessage webSocketMessage, JsonNode event, @Nullable String id) {
        JsonNode response = event.path("response");
        if (responseMeter == null) {
            Refusal why = new Refusal.Malformed("This conversation transcribes only.", "type");
            return new MessageAction.Deny(why, id);
        }
        Refusal objection = rules.objection(response, "response");
        if (objection != null) {
            return new MessageAction.Deny(objection, id);
        }
        if (responseMeter.exceeds(OutputLimit.in(response))) {
            Refusal why =
                    new Refusal.Malformed(
                            "More than the session's max_output_tokens, which is what is held.",
                            "response.max_output_tokens");
            return new MessageAction.Deny(why, id);
        }
        Refusal refused = added(input -> input.response(response));
        if (refused != null) {
            return stopOrLower(refused);
        }
        // Were it the client's, OpenAI's complaint about another event could seem to be about this.
        String own = "event_" + UUID.randomUUID();
        WebSocketMessage.Text covered =
                (WebSocketMessage.Text) covered(webSocketMessage, event, "response");
        return stopOrPass(responseMeter.ask(own, id), SocketEvent.withId(covered, own));
    }

    @Override
    public MessageAction told(WebSocketMessage webSocketMessage) {
        lock.lock();
        try (Lease tree = lease.another()) {
            return webSocketMessage instanceof WebSocketMessage.Text said
                    ? told(said, tree)
                    : new MessageAction.Pass(webSocketMessage);
        } finally {
            lock.unlock();
        }
    }

    private MessageAction told(WebSocketMessage.Text message, Lease tree) {
        String type = SocketEvent.type(message.text());
        if (responseMeter != null && type.startsWith("response.") && type.endsWith(".delta")) {
            responseMeter.heard(type, message.text());
        }
        return switch (type) {
            case "session.created", "session.updated" -> session(message, tree);
            case "response.created" -> begun(message, tree);
            case "response.done" -> done(message, tree);
            case "error" -> error(message, tree);
            case "input_audio_buffer.committed" -> committed(message, tree);
            case "conversation.item.input_audio_transcription.completed" ->
                    charged(
                            transcriptionMeter.completed(SocketEvent.whole(message.text(), tree)),
                            message);
            case "conversation.item.input_audio_transcription.failed" ->
                    charged(
                            transcriptionMeter.failed(SocketEvent.whole(message.text(), tree)),
                            message);
            default -> new MessageAction.Pass(message);
        };
    }

    /** What was charged goes on; what could not be written down does not. */
    private MessageAction charged(boolean durable, WebSocketMessage webSocketMessage) {
        return durable
                ? new MessageAction.Pass(webSocketMessage, transcriptionMeter.cost())
                : stop(new Refusal.NotRecorded(), null);
    }

    private MessageAction session(WebSocketMessage.Text message, Lease tree) {
        if (responseMeter != null) {
            JsonNode session = SocketEvent.whole(message.text(), tree).path("session");
            boolean own = responseMeter.limited(session);
            updates.told(session);
            Refusal refused = growth(input -> input.isSet(session));
            MessageAction on = own ? new MessageAction.Drop() : new MessageAction.Pass(message);
            return refused == null || over ? on : stop(refused, message);
        }
        return new MessageAction.Pass(message);
    }

    private MessageAction begun(WebSocketMessage.Text message, Lease tree) {
        if (responseMeter == null) {
            return stop(new Refusal.NotRecorded(), null);
        }
        JsonNode response = SocketEvent.whole(message.text(), tree).path("response");
        Refusal refused = responseMeter.begin(response.path("id").asText());
        return refused == null ? new MessageAction.Pass(message) : stop(refused, message);
    }

    private MessageAction done(WebSocketMessage.Text message, Lease tree) {
        if (responseMeter == null) {
            return stop(new Refusal.NotRecorded(), null);
        }
        if (!responseMeter.done(SocketEvent.whole(message.text(), tree))) {
            return stop(new Refusal.NotRecorded(), null);
        }
        Refusal refused = over ? null : responseMeter.grow();
        if (refused == null && !over) {
            refused = responseMeter.keep();
        }
        if (refused == null) {
            return new MessageAction.Pass(message, responseMeter.cost());
        }
        over = true;
        updates.end();
        return new MessageAction.Stop(refused, message, responseMeter.cost());
    }

    private MessageAction error(WebSocketMessage.Text message, Lease tree) {
        if (responseMeter == null) {
            return new MessageAction.Pass(message);
        }
        String own =
                SocketEvent.whole(message.text(), tree).path("error").path("event_id").asText();
        if (updates.isOwn(own)) {
            return stop(new Refusal.Broken(false), null);
        }
        return responseMeter
                .denied(own)
                .map(given -> SocketEvent.renamed(message, own, given))
                .<MessageAction>map(MessageAction.Pass::new)
                .orElseGet(() -> new MessageAction.Pass(message));
    }

    private MessageAction committed(WebSocketMessage.Text message, Lease tree) {
        JsonNode event = SocketEvent.whole(message.text(), tree);
        Refusal refused = transcriptionMeter.committed(event.path("item_id").asText());
        if (refused == null && !over) {
            refused = growth(TurnInput::committed);
        }
        if (refused == null && !over) {
            refused = transcriptionMeter.keep();
        }
        return refused == null || over ? new MessageAction.Pass(message) : stop(refused, message);
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
            return (responseMeter != null && responseMeter.isOwing())
                    || transcriptionMeter.isOwing();
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
            if (responseMeter != null && left) {
                responseMeter.end();
            } else if (responseMeter != null) {
                responseMeter.broken();
            }
            transcriptionMeter.end();
        } finally {
            lock.unlock();
        }
    }
}
