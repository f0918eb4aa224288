package dev.oaiproxy.proxy.relay.socket;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The meter of {@code /realtime}. It charges each response when it is done and each transcription
 * when it is completed. It passes on every event of OpenAI, and the known events of the client.
 */
final class RealtimeMeter implements SocketMeter {
    /** Client events that begin nothing that is billed. */
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
    private final MeterLock lock = new MeterLock();

    private final OutputLimitUpdates updates = new OutputLimitUpdates(lock.newCondition());
    private Progress progress = Progress.NEW;

    /** Set once nothing more may begin; what has begun is still held and charged. */
    private boolean over;

    /** Set once the client has left, so that OpenAI has not broken off. */
    private boolean left;

    /** The progress of the client's next message, which comes again after it waited for OpenAI. */
    private enum Progress {
        NEW,
        /** It waited for OpenAI to set a limit before anything of it was counted. */
        WAITED,
        /** Its input is counted, and it waited for OpenAI to set a limit. */
        COUNTED
    }

    /**
     * @param responseMeter null for a conversation that only transcribes
     * @param lease the memory of the conversation
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

    /** Lets nothing begin before OpenAI has set a limit: it could cost more than is held. */
    @Override
    public MessageAction heard(WebSocketMessage message) {
        try (MeterLock.Holder _ = lock.hold()) {
            MessageAction action = next(message);
            if (!(action instanceof MessageAction.First)) {
                progress = Progress.NEW;
            }
            return action;
        }
    }

    private MessageAction next(WebSocketMessage message) {
        // Then the client was told of the end before it sent the message.
        boolean late = over && progress == Progress.NEW;
        OutputLimit lowered = lowered();
        if (lowered != null && !updates.isSent(lowered)) {
            progress = isCounted() ? progress : Progress.WAITED;
            if (!updates.await(() -> over || updates.isKnown())) {
                return silent();
            }
            return over ? new MessageAction.Drop() : updates.send(lowered);
        }
        if (!updates.await(() -> lowered() == null)) {
            return silent();
        }
        if (over && !late) {
            // The conversation ended while the message waited; that end tells the client why.
            return new MessageAction.Drop();
        }
        MessageAction action = read(message);
        progress = Progress.COUNTED;
        return action;
    }

    private boolean isCounted() {
        return progress == Progress.COUNTED;
    }

    /** The limit that OpenAI has not set yet, or null. */
    private @Nullable OutputLimit lowered() {
        return responseMeter == null || over ? null : responseMeter.lowered();
    }

    private MessageAction silent() {
        return stop(new Refusal.Broken(true), null);
    }

    private MessageAction read(WebSocketMessage message) {
        try (Lease tree = lease.another()) {
            return SocketEvent.ofClient(message, tree)
                    .map(event -> heard(message, event))
                    .orElseGet(
                            () ->
                                    MessageAction.deny(
                                            "Not an event: a JSON object with a type.",
                                            null,
                                            null));
        }
    }

    private MessageAction heard(WebSocketMessage message, JsonNode event) {
        String id = event.path("event_id").asText(null);
        if (over) {
            return MessageAction.deny("The conversation is over.", null, id);
        }
        return switch (event.path("type").asText()) {
            case "session.update" -> update(message, event, id);
            case "response.create" -> create(message, event, id);
            case "input_audio_buffer.append" -> append(message, event.path("audio"), id);
            case "conversation.item.create" ->
                    grown(message, input -> input.item(event.path("item")));
            case "transcription_session.update" ->
                    MessageAction.deny("Use session.update.", "type", id);
            case String type when HARMLESS.contains(type) -> new MessageAction.Pass(message);
            default -> MessageAction.deny("This proxy does not know that event.", "type", id);
        };
    }

    private MessageAction append(WebSocketMessage message, JsonNode audio, @Nullable String id) {
        if (responseMeter == null && !transcriptionMeter.listens()) {
            return MessageAction.deny(
                    "Name the model that is to transcribe first.", "session.audio", id);
        }
        long bytes = SocketEvent.decoded(audio);
        Refusal refused = isCounted() ? null : transcriptionMeter.append(bytes);
        return refused == null ? grown(message, input -> input.heard(bytes)) : stop(refused, null);
    }

    /** Passes a message on once its addition to the input of the next response is held. */
    private MessageAction grown(WebSocketMessage message, Consumer<TurnInput> addition) {
        return stopOrPass(added(addition), message);
    }

    /** Counts an addition once, also when its message comes again. */
    private @Nullable Refusal added(Consumer<TurnInput> addition) {
        return growth(isCounted() ? input -> {} : addition);
    }

    private @Nullable Refusal growth(Consumer<TurnInput> addition) {
        if (responseMeter == null) {
            return null;
        }
        addition.accept(responseMeter.input());
        return responseMeter.grow();
    }

    /** Passes a message on unless it was refused. */
    private MessageAction stopOrPass(@Nullable Refusal refused, WebSocketMessage message) {
        return refused == null ? new MessageAction.Pass(message) : stopOrLower(refused);
    }

    /** Continues with a lower output limit where that leaves enough money; otherwise stops. */
    private MessageAction stopOrLower(Refusal refused) {
        if (responseMeter == null || !responseMeter.lower(refused)) {
            return stop(refused, null);
        }
        return updates.send(Objects.requireNonNull(responseMeter.lowered()));
    }

    private MessageAction stop(Refusal why, @Nullable WebSocketMessage message) {
        over();
        return new MessageAction.Stop(why, message);
    }

    private void over() {
        over = true;
        updates.end();
    }

    private MessageAction update(WebSocketMessage message, JsonNode event, @Nullable String id) {
        JsonNode session = event.path("session");
        Refusal objection = rules.typeObjection(session);
        if (objection == null) {
            objection = rules.objection(session, "session");
        }
        if (objection == null) {
            objection = transcription(session);
        }
        if (objection == null && responseMeter != null && !isCounted()) {
            objection = responseMeter.limit(OutputLimit.in(session));
        }
        if (objection != null) {
            return refused(objection, id);
        }
        Refusal refused = added(input -> input.set(session));
        return stopOrPass(refused, covered(message, event, "session"));
    }

    /** Ends the conversation for want of money; for other reasons, only rejects the event. */
    private MessageAction refused(Refusal objection, @Nullable String id) {
        return switch (objection) {
            case Refusal.NotGranted denied -> stop(denied, null);
            default -> new MessageAction.Deny(objection, id);
        };
    }

    /** The event with its output limit lowered to what is held. */
    private WebSocketMessage covered(WebSocketMessage message, JsonNode event, String where) {
        return responseMeter != null && responseMeter.isUncovered(OutputLimit.in(event.path(where)))
                ? OutputLimit.lowered(event, where, responseMeter.limit())
                : message;
    }

    private @Nullable Refusal transcription(JsonNode session) {
        Refusal objection = SessionRules.transcriptionObjection(session);
        JsonNode wanted = SessionRules.transcription(session).orElse(null);
        return objection == null && wanted != null
                ? transcriptionMeter.use(wanted.path("model").asText(), TurnInput.tokens(wanted))
                : objection;
    }

    private MessageAction create(WebSocketMessage message, JsonNode event, @Nullable String id) {
        JsonNode response = event.path("response");
        if (responseMeter == null) {
            return MessageAction.deny("This conversation transcribes only.", "type", id);
        }
        Refusal objection = rules.objection(response, "response");
        if (objection != null) {
            return new MessageAction.Deny(objection, id);
        }
        if (responseMeter.exceeds(OutputLimit.in(response))) {
            return MessageAction.deny(
                    "More than the session's max_output_tokens, which is what is held.",
                    "response.max_output_tokens",
                    id);
        }
        Refusal refused = added(input -> input.response(response));
        if (refused != null) {
            return stopOrLower(refused);
        }
        // With the client's id, an OpenAI error about another event could seem to be about this.
        String own = "event_" + UUID.randomUUID();
        WebSocketMessage.Text covered = (WebSocketMessage.Text) covered(message, event, "response");
        return stopOrPass(responseMeter.ask(own, id), SocketEvent.withId(covered, own));
    }

    @Override
    public MessageAction told(WebSocketMessage message) {
        try (MeterLock.Holder _ = lock.hold();
                Lease tree = lease.another()) {
            return message instanceof WebSocketMessage.Text said
                    ? told(said, tree)
                    : new MessageAction.Pass(message);
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

    /** Passes on what was charged, and withholds what could not be recorded. */
    private MessageAction charged(@Nullable Refusal refused, WebSocketMessage message) {
        return refused == null
                ? new MessageAction.Pass(message, transcriptionMeter.cost())
                : stop(refused, null);
    }

    private MessageAction session(WebSocketMessage.Text message, Lease tree) {
        if (responseMeter == null) {
            return new MessageAction.Pass(message);
        }
        JsonNode session = SocketEvent.whole(message.text(), tree).path("session");
        boolean own = responseMeter.limited(session);
        updates.told(session);
        Refusal refused = growth(input -> input.isSet(session));
        MessageAction on = own ? new MessageAction.Drop() : new MessageAction.Pass(message);
        return refused == null || over ? on : stop(refused, message);
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
        if (responseMeter == null || !responseMeter.done(SocketEvent.whole(message.text(), tree))) {
            return stop(new Refusal.NotRecorded(), null);
        }
        Refusal refused = over ? null : responseMeter.grow();
        if (refused == null && !over) {
            refused = responseMeter.keep();
        }
        if (refused == null) {
            return new MessageAction.Pass(message, responseMeter.cost());
        }
        over();
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
        try (MeterLock.Holder _ = lock.hold()) {
            over();
            left = true;
        }
    }

    @Override
    public boolean isOwing() {
        try (MeterLock.Holder _ = lock.hold()) {
            return (responseMeter != null && responseMeter.isOwing())
                    || transcriptionMeter.isOwing();
        }
    }

    @Override
    public void end() {
        try (MeterLock.Holder _ = lock.hold()) {
            over();
            if (responseMeter != null && left) {
                responseMeter.end();
            } else if (responseMeter != null) {
                responseMeter.broken();
            }
            transcriptionMeter.end();
        }
    }
}
