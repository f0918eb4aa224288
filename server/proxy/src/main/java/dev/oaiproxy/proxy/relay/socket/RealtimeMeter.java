package dev.oaiproxy.proxy.relay.socket;

import static dev.oaiproxy.proxy.relay.exchange.RefusedException.malformed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
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

    private final OutputLimitUpdates updates = new OutputLimitUpdates(this);
    private Progress progress = Progress.NEW;

    /** True once nothing more may begin. Responses that have begun are still held and charged. */
    private boolean over;

    /** True once the client has left. An end of OpenAI's messages is then no failure of OpenAI. */
    private boolean left;

    /**
     * The progress of the client's current message, which is handled again after a wait for OpenAI.
     */
    private enum Progress {
        NEW,
        /** The message waited for OpenAI to set a limit before any of its input was counted. */
        WAITED,
        /** The input of the message is counted, and it waited for OpenAI to set a limit. */
        COUNTED
    }

    /**
     * @param responseMeter null for a session that only transcribes
     * @param lease the memory of the session
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

    /**
     * Takes a message of the client. Nothing begins before OpenAI has set the limit, since it could
     * cost more than the hold.
     */
    @Override
    public synchronized MessageAction heard(WebSocketMessage message) {
        MessageAction action = next(message);
        if (!(action instanceof MessageAction.First)) {
            progress = Progress.NEW;
        }
        return action;
    }

    private MessageAction next(WebSocketMessage message) {
        // The client sent a late message after it was told of the end.
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
            // The session ended while the message waited, and its end tells the client the reason.
            return new MessageAction.Drop();
        }
        MessageAction action = SocketEvent.read(message, lease, event -> heard(message, event));
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

    /** Ends the session when a hold is not granted; any other refusal only rejects the event. */
    private MessageAction heard(WebSocketMessage message, JsonNode event) {
        if (over) {
            throw malformed("The session has ended.", null);
        }
        try {
            return switch (event.path("type").asText()) {
                case "session.update" -> update(message, event);
                case "response.create" -> create(message, event);
                case "input_audio_buffer.append" -> append(message, event.path("audio"));
                case "conversation.item.create" ->
                        grown(message, input -> input.item(event.path("item")));
                case "transcription_session.update" ->
                        throw malformed("Use session.update instead.", "type");
                case String type when HARMLESS.contains(type) -> new MessageAction.Pass(message);
                default -> throw malformed("This proxy does not know this event.", "type");
            };
        } catch (RefusedException e) {
            if (e.refusal() instanceof Refusal.NotGranted) {
                return stop(e.refusal(), null);
            }
            throw e;
        }
    }

    private MessageAction append(WebSocketMessage message, JsonNode audio) {
        if (responseMeter == null && !transcriptionMeter.listens()) {
            throw malformed("Set a transcription model first.", "session.audio");
        }
        long bytes = SocketEvent.decoded(audio);
        if (!isCounted()) {
            transcriptionMeter.append(bytes);
        }
        return grown(message, input -> input.heard(bytes));
    }

    /** Passes a message on once its addition to the input of the next response is held. */
    private MessageAction grown(WebSocketMessage message, Consumer<TurnInput> addition) {
        return lowerUnless(
                () -> {
                    add(addition);
                    return new MessageAction.Pass(message);
                });
    }

    /** Counts an addition once, also when its message comes again. */
    private void add(Consumer<TurnInput> addition) {
        grow(isCounted() ? input -> {} : addition);
    }

    private void grow(Consumer<TurnInput> addition) {
        if (responseMeter != null) {
            addition.accept(responseMeter.input());
            responseMeter.grow();
        }
    }

    /** Continues with a lower output limit when that leaves enough money. */
    private MessageAction lowerUnless(Supplier<MessageAction> granted) {
        try {
            return granted.get();
        } catch (RefusedException e) {
            if (responseMeter == null || !responseMeter.lower(e.refusal())) {
                return stop(e.refusal(), null);
            }
            return updates.send(Objects.requireNonNull(responseMeter.lowered()));
        }
    }

    private MessageAction stop(Refusal why, @Nullable WebSocketMessage message) {
        over();
        return new MessageAction.Stop(why, message);
    }

    private void over() {
        over = true;
        updates.end();
    }

    private MessageAction update(WebSocketMessage message, JsonNode event) {
        JsonNode session = event.path("session");
        rules.requireType(session);
        rules.require(session, "session");
        SessionRules.requireTranscription(session)
                .ifPresent(
                        wanted ->
                                transcriptionMeter.use(
                                        wanted.path("model").asText(), TurnInput.tokens(wanted)));
        if (responseMeter != null && !isCounted()) {
            responseMeter.limit(OutputLimit.in(session));
        }
        return lowerUnless(
                () -> {
                    add(input -> input.set(session));
                    return new MessageAction.Pass(covered(message, event, "session"));
                });
    }

    /** The event with its output limit lowered to the held one. */
    private WebSocketMessage covered(WebSocketMessage message, JsonNode event, String where) {
        return responseMeter != null && responseMeter.isUncovered(OutputLimit.in(event.path(where)))
                ? OutputLimit.lowered(event, where, responseMeter.limit())
                : message;
    }

    private MessageAction create(WebSocketMessage message, JsonNode event) {
        ResponseMeter meter = responseMeter;
        JsonNode response = event.path("response");
        if (meter == null) {
            throw malformed("This session only transcribes.", "type");
        }
        rules.require(response, "response");
        if (meter.exceeds(OutputLimit.in(response))) {
            throw malformed(
                    "max_output_tokens must not exceed the session's.",
                    "response.max_output_tokens");
        }
        // With the client's id, an OpenAI error about another event could seem to be about this
        // one.
        String own = "event_" + UUID.randomUUID();
        return lowerUnless(
                () -> {
                    add(input -> input.response(response));
                    WebSocketMessage.Text covered =
                            (WebSocketMessage.Text) covered(message, event, "response");
                    meter.ask(own, event.path("event_id").asText(null));
                    return new MessageAction.Pass(SocketEvent.withId(covered, own));
                });
    }

    @Override
    public synchronized MessageAction told(WebSocketMessage message) {
        try (Lease tree = lease.another()) {
            return message instanceof WebSocketMessage.Text said
                    ? told(said, tree)
                    : new MessageAction.Pass(message);
        }
    }

    /** Withholds an event whose charge could not be recorded. */
    private MessageAction told(WebSocketMessage.Text message, Lease tree) {
        try {
            return metered(message, tree);
        } catch (RefusedException e) {
            return stop(e.refusal(), null);
        }
    }

    private MessageAction metered(WebSocketMessage.Text message, Lease tree) {
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
            case "conversation.item.input_audio_transcription.completed" -> {
                transcriptionMeter.completed(SocketEvent.whole(message.text(), tree));
                yield new MessageAction.Pass(message, transcriptionMeter.cost());
            }
            case "conversation.item.input_audio_transcription.failed" -> {
                transcriptionMeter.failed(SocketEvent.whole(message.text(), tree));
                yield new MessageAction.Pass(message, transcriptionMeter.cost());
            }
            default -> new MessageAction.Pass(message);
        };
    }

    private MessageAction session(WebSocketMessage.Text message, Lease tree) {
        if (responseMeter == null) {
            return new MessageAction.Pass(message);
        }
        JsonNode session = SocketEvent.whole(message.text(), tree).path("session");
        boolean own = responseMeter.limited(session);
        updates.told(session);
        MessageAction on = own ? new MessageAction.Drop() : new MessageAction.Pass(message);
        return stopUnless(message, () -> grow(input -> input.isSet(session)), on);
    }

    /** Passes a message on, and ends the session when no further hold is granted. */
    private MessageAction stopUnless(
            WebSocketMessage message, Runnable granted, MessageAction action) {
        try {
            granted.run();
            return action;
        } catch (RefusedException e) {
            return over ? action : stop(e.refusal(), message);
        }
    }

    private MessageAction begun(WebSocketMessage.Text message, Lease tree) {
        if (responseMeter == null) {
            throw new RefusedException(new Refusal.NotRecorded());
        }
        JsonNode response = SocketEvent.whole(message.text(), tree).path("response");
        try {
            responseMeter.begin(response.path("id").asText());
            return new MessageAction.Pass(message);
        } catch (RefusedException e) {
            return stop(e.refusal(), message);
        }
    }

    private MessageAction done(WebSocketMessage.Text message, Lease tree) {
        if (responseMeter == null || !responseMeter.done(SocketEvent.whole(message.text(), tree))) {
            throw new RefusedException(new Refusal.NotRecorded());
        }
        try {
            if (!over) {
                responseMeter.grow();
                responseMeter.keep();
            }
            return new MessageAction.Pass(message, responseMeter.cost());
        } catch (RefusedException e) {
            over();
            return new MessageAction.Stop(e.refusal(), message, responseMeter.cost());
        }
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
        String item = SocketEvent.whole(message.text(), tree).path("item_id").asText();
        return stopUnless(
                message,
                () -> {
                    transcriptionMeter.committed(item);
                    if (!over) {
                        grow(TurnInput::committed);
                        transcriptionMeter.keep();
                    }
                },
                new MessageAction.Pass(message));
    }

    @Override
    public synchronized void left() {
        over();
        left = true;
    }

    @Override
    public synchronized boolean isOwing() {
        return (responseMeter != null && responseMeter.isOwing()) || transcriptionMeter.isOwing();
    }

    @Override
    public synchronized void end() {
        over();
        if (responseMeter != null && left) {
            responseMeter.end();
        } else if (responseMeter != null) {
            responseMeter.broken();
        }
        transcriptionMeter.end();
    }
}
