package dev.oaiproxy.proxy.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.usage.Tap;
import dev.oaiproxy.metering.usage.Taps;
import dev.oaiproxy.proxy.quota.Grant;
import dev.oaiproxy.proxy.quota.Order;
import dev.oaiproxy.proxy.upstream.Message;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
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
    private static final long COPIES = 6;
    private static final String OVER = "The conversation is over.";

    private final Intake intake;
    private final Plan.Talk talk;
    private final SocketRelay.Parts parts;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Turn asked;
    private @Nullable Turn running;
    private boolean over;

    /** A call, and what understands its events. */
    private record Turn(Lease lease, Settlement settlement, Tap tap, Claim claim) {
        /** Takes an event; false when it hands out an id that could not be written down. */
        boolean take(String event) {
            try (Lease copies = lease.another()) {
                // In one line, with what surrounds it, and as bytes.
                if (!copies.take(Use.RESPONSE, COPIES * event.length())) {
                    throw new NoRoomException();
                }
                return take(event, copies);
            }
        }

        private boolean take(String event, Lease tree) {
            boolean oneLine = event.indexOf('\n') < 0;
            String line = oneLine ? event : SocketEvent.whole(event, tree).toString();
            byte[] bytes = ("data: " + line + "\n\n").getBytes(UTF_8);
            settlement.recorder().add(bytes, bytes.length);
            tap.pass(ByteBuffer.wrap(bytes));
            ByteBuffer shown = ByteBuffer.wrap(bytes);
            return tap.isFinal() ? claim.recordAll(List.of(shown)) : claim.record(shown);
        }

        /** Charges what its events have told; whether that is durable. */
        boolean settle() {
            try (lease;
                    settlement) {
                return settlement.settle(tap, OK);
            }
        }

        void release(String reason) {
            try (lease;
                    settlement) {
                settlement.release(reason, OK);
            }
        }

        /** Charges what was seen: OpenAI has ended the conversation. */
        void cut() {
            try (lease;
                    settlement) {
                settlement.broken(tap.reading(), "the connection to OpenAI broke", 0);
            }
        }

        /** Charges the hold: the client has left, and the rest was not read. */
        void estimate() {
            try (lease;
                    settlement) {
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
        try (Lease tree = talk.lease().another()) {
            return heard(message, SocketEvent.ofClient(message, tree).orElse(null));
        }
    }

    private Verdict heard(Message message, @Nullable JsonNode event) {
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
        Lease lease = talk.lease().another();
        boolean begun = false;
        try {
            Verdict verdict = create(message.text(), id, lease);
            begun = verdict instanceof Verdict.Pass;
            return verdict;
        } finally {
            if (!begun) {
                lease.close();
            }
        }
    }

    /** What it takes as bytes, and edited, and as a text again, before anything is held for it. */
    private Verdict create(String text, @Nullable String id, Lease lease) {
        if (!lease.take(Use.SOCKET_MESSAGE, COPIES * text.length())) {
            throw new NoRoomException();
        }
        return switch (intake.turn(talk, text.getBytes(UTF_8))) {
            case Plan.Refuse refused -> new Verdict.Deny(refused.why(), id);
            case Plan.Metered metered -> create(metered, id, lease);
            case Plan.LocalResponse _, Plan.Free _, Plan.Listed _, Plan.Talk _ ->
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
    private Verdict create(Plan.Metered plan, @Nullable String id, Lease lease) {
        Order order = plan.order();
        if (order.facts().flow().background()) {
            return deny("A response in the background is not for a socket.", "background", id);
        }
        return switch (parts.quota().ask(order)) {
            case Grant.Granted granted -> begun(plan, granted, id, lease);
            case Grant denied -> new Verdict.Deny(new Refusal.NotGranted(denied), id);
        };
    }

    private Verdict begun(
            Plan.Metered plan, Grant.Granted granted, @Nullable String id, Lease lease) {
        Order order = plan.order();
        Settlement.Call call =
                new Settlement.Call(order, plan.prices(), granted.hold(), plan.claim().isKept());
        Settlement settlement = parts.cashier().open(call, lease);
        Tap tap = Taps.responseStream(Reception.terms(order.facts()), lease);
        Turn turn = new Turn(lease, settlement, tap, plan.claim());
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
                try (settlement) {
                    settlement.release("OpenAI was not asked", OK);
                }
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
        Usd cost = null;
        if (type.equals(CREATED)) {
            durable = begin();
            if (running == null) {
                Alarms.raise(LOG, "uncharged", "key={0}", talk.key().id());
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
                cost = turn.settlement().cost();
            }
        }
        if (!durable) {
            over = true;
            return new Verdict.Stop(new Refusal.NotRecorded(), null);
        }
        return new Verdict.Pass(message, cost);
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
            Consumer<Turn> ending = over ? Turn::estimate : Turn::cut;
            over = true;
            if (running != null) {
                ending.accept(running);
                running = null;
            }
            if (asked != null) {
                ending.accept(asked);
                asked = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
