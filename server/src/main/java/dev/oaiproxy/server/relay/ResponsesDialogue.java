package dev.oaiproxy.server.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.server.quota.Grant;
import dev.oaiproxy.server.quota.Order;
import dev.oaiproxy.server.upstream.Message;
import dev.oaiproxy.server.usage.Tap;
import dev.oaiproxy.server.usage.Taps;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The meter of {@code /responses} over a WebSocket: each {@code response.create} is a call like any
 * other, and OpenAI answers one after the other. Nothing else is passed on, so that an error of
 * OpenAI's can be about nothing but the call that is next.
 */
final class ResponsesDialogue implements Dialogue {
    private static final Logger LOG = System.getLogger(ResponsesDialogue.class.getName());
    private static final String CREATED = "response.created";
    private static final int OK = 200;

    private final Intake intake;
    private final Plan.Talk talk;
    private final SocketRelay.Parts parts;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Turn> asked = new ArrayDeque<>();
    private @Nullable Turn running;

    private boolean over;

    /** A call, and what understands its events. */
    private record Turn(Settlement settlement, Tap tap, Claim claim) {
        /** Takes an event; false when it hands out an id that could not be written down. */
        boolean take(String event) {
            String line = event.indexOf('\n') < 0 ? event : SocketEvent.whole(event).toString();
            byte[] bytes = ("data: " + line + "\n\n").getBytes(UTF_8);
            settlement.recorder().add(bytes, bytes.length);
            tap.pass(ByteBuffer.wrap(bytes));
            return claim.record(ByteBuffer.wrap(bytes));
        }

        /** Charges what its events have told; whether that is durable. */
        boolean settle() {
            try (settlement) {
                return settlement.settle(tap.reading(), OK);
            }
        }

        void release(String reason) {
            try (settlement) {
                settlement.release(reason, OK);
            }
        }

        void estimate() {
            try (settlement) {
                settlement.estimate("the conversation ended before the usage came", 0);
            }
        }
    }

    ResponsesDialogue(Intake intake, Plan.Talk talk, SocketRelay.Parts parts) {
        this.intake = intake;
        this.talk = talk;
        this.parts = parts;
    }

    @Override
    public Verdict heard(Message message) {
        lock.lock();
        try {
            JsonNode event = SocketEvent.ofClient(message).orElse(null);
            if (over || event == null) {
                return deny("Not an event: a JSON object with a type.", null, null);
            }
            String id = event.path("event_id").asText(null);
            return switch (event.path("type").asText()) {
                case "response.create" -> create((Message.Text) message, event, id);
                default -> deny("This proxy does not know that event.", "type", id);
            };
        } finally {
            lock.unlock();
        }
    }

    private static Verdict deny(String why, @Nullable String param, @Nullable String id) {
        return new Verdict.Deny(new Refusal.Malformed(why, param), id);
    }

    private Verdict create(Message.Text message, JsonNode event, @Nullable String id) {
        if (event.has("stream_id")) {
            return deny("This proxy takes one response after the other.", "stream_id", id);
        }
        if (event.has("response")) {
            return deny("Send what the response is to be in the event itself.", "response", id);
        }
        return switch (intake.turn(talk, message.text().getBytes(UTF_8))) {
            case Plan.Refuse refused -> new Verdict.Deny(refused.why(), id);
            case Plan.Metered metered -> create(metered, id);
            case Plan.Free _, Plan.Listed _, Plan.Talk _ ->
                    throw new IllegalStateException("not a response");
        };
    }

    private Verdict create(Plan.Metered plan, @Nullable String id) {
        Order order = plan.order();
        if (order.facts().flow().background()) {
            return deny("A response in the background is not for a socket.", "background", id);
        }
        return switch (parts.quota().ask(order)) {
            case Grant.Granted granted -> {
                Edit edit = Edit.of(plan, granted, "");
                Settlement settlement = parts.cashier().open(order, plan.prices(), granted.hold());
                settlement.recorder().sent(edit.body());
                Tap tap = Taps.responseStream(Reception.terms(order.facts()));
                asked.addLast(new Turn(settlement, tap, plan.claim()));
                yield new Verdict.Pass(new Message.Text(new String(edit.body(), UTF_8)));
            }
            case Grant denied -> new Verdict.Deny(new Refusal.NotGranted(denied), id);
        };
    }

    @Override
    public Verdict told(Message message) {
        lock.lock();
        try {
            return message instanceof Message.Text said ? told(said) : new Verdict.Pass(message);
        } finally {
            lock.unlock();
        }
    }

    private Verdict told(Message.Text message) {
        String type = SocketEvent.type(message.text());
        boolean durable = true;
        if (type.equals(CREATED)) {
            durable = begin();
            if (running == null) {
                LOG.log(Level.ERROR, "alarm=uncharged key={0}", talk.key().id());
                durable = false;
            }
        } else if (type.equals("error") && running == null && !asked.isEmpty()) {
            asked.removeFirst().release("OpenAI refused the request");
        }
        Turn turn = running;
        if (turn != null) {
            durable &= turn.take(message.text());
            if (turn.tap().isFinal()) {
                running = null;
                durable &= turn.settle();
            }
        }
        if (!durable) {
            over = true;
            return new Verdict.Stop(new Refusal.NotRecorded(), null);
        }
        return new Verdict.Pass(message);
    }

    /** Where the one before has not ended, nothing more will be told of it. */
    private boolean begin() {
        boolean durable = running == null || running.settle();
        running = asked.pollFirst();
        return durable;
    }

    @Override
    public boolean isOwing() {
        lock.lock();
        try {
            return running != null || !asked.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void end() {
        lock.lock();
        try {
            over = true;
            if (running != null) {
                running.estimate();
                running = null;
            }
            asked.forEach(Turn::estimate);
            asked.clear();
        } finally {
            lock.unlock();
        }
    }
}
