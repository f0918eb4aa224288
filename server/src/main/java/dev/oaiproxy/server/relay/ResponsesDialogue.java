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
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The meter of {@code /responses} over a WebSocket: each {@code response.create} is a call like any
 * other, and the next may be asked for when the one before has ended. Nothing else is passed on, so
 * that an error of OpenAI's can be about nothing but the call that was asked for.
 */
final class ResponsesDialogue implements Dialogue {
    private static final Logger LOG = System.getLogger(ResponsesDialogue.class.getName());
    private static final String CREATED = "response.created";
    private static final int OK = 200;
    private static final String OVER = "The conversation is over.";

    private final Intake intake;
    private final Plan.Talk talk;
    private final SocketRelay.Parts parts;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Turn asked;
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
        JsonNode event = SocketEvent.ofClient(message).orElse(null);
        if (event == null) {
            return deny("Not an event: a JSON object with a type.", null, null);
        }
        String id = event.path("event_id").asText(null);
        return switch (event.path("type").asText()) {
            case "response.create" -> create((Message.Text) message, event, id);
            default -> deny("This proxy does not know that event.", "type", id);
        };
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
        String notNow = objection();
        if (notNow != null) {
            return deny(notNow, null, id);
        }
        return switch (intake.turn(talk, message.text().getBytes(UTF_8))) {
            case Plan.Refuse refused -> new Verdict.Deny(refused.why(), id);
            case Plan.Metered metered -> create(metered, id);
            case Plan.Free _, Plan.Listed _, Plan.Talk _ ->
                    throw new IllegalStateException("not a response");
        };
    }

    /** OpenAI runs one at a time; of two, its error would not say which it refuses. */
    private @Nullable String objection() {
        lock.lock();
        try {
            if (over) {
                return OVER;
            }
            boolean busy = running != null || asked != null;
            return busy ? "A response is under way. Ask for the next when it has ended." : null;
        } finally {
            lock.unlock();
        }
    }

    /** Holds without the lock: that may take its time, in which OpenAI is to be heard. */
    private Verdict create(Plan.Metered plan, @Nullable String id) {
        Order order = plan.order();
        if (order.facts().flow().background()) {
            return deny("A response in the background is not for a socket.", "background", id);
        }
        return switch (parts.quota().ask(order)) {
            case Grant.Granted granted -> begun(plan, granted, id);
            case Grant denied -> new Verdict.Deny(new Refusal.NotGranted(denied), id);
        };
    }

    private Verdict begun(Plan.Metered plan, Grant.Granted granted, @Nullable String id) {
        Order order = plan.order();
        Settlement settlement = parts.cashier().open(order, plan.prices(), granted.hold());
        Tap tap = Taps.responseStream(Reception.terms(order.facts()));
        Turn turn = new Turn(settlement, tap, plan.claim());
        boolean queued = false;
        try {
            byte[] body = Edit.of(plan, granted, "").body();
            settlement.recorder().sent(body);
            queued = queue(turn);
            return queued
                    ? new Verdict.Pass(new Message.Text(new String(body, UTF_8)))
                    : deny(OVER, null, id);
        } finally {
            if (!queued) {
                turn.release("OpenAI was not asked");
            }
        }
    }

    /** Notes what is asked for; false when the conversation has ended meanwhile. */
    private boolean queue(Turn turn) {
        lock.lock();
        try {
            asked = over ? asked : turn;
            return !over;
        } finally {
            lock.unlock();
        }
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
        } else if (type.equals("error") && asked != null) {
            asked.release("OpenAI refused the request");
            asked = null;
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
        running = asked;
        asked = null;
        return durable;
    }

    @Override
    public void left() {
        lock.lock();
        try {
            over = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isOwing() {
        lock.lock();
        try {
            return running != null || asked != null;
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
            if (asked != null) {
                asked.estimate();
                asked = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
