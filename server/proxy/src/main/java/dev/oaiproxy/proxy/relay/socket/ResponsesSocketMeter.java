package dev.oaiproxy.proxy.relay.socket;

import static dev.oaiproxy.proxy.relay.exchange.RefusedException.malformed;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.usage.Tap;
import dev.oaiproxy.metering.usage.Taps;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import dev.oaiproxy.proxy.quota.GrantedHold;
import dev.oaiproxy.proxy.quota.Quota;
import dev.oaiproxy.proxy.relay.call.Settlement;
import dev.oaiproxy.proxy.relay.call.SettlementFactory;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.owner.ObjectRecorder;
import dev.oaiproxy.proxy.relay.plan.BodyEdit;
import dev.oaiproxy.proxy.relay.plan.Plan;
import dev.oaiproxy.proxy.relay.plan.RequestPlanner;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The meter of {@code /responses} over a WebSocket. Each {@code response.create} is a call like any
 * other, and the next may follow when the one before has ended. No other event is passed on, so an
 * error of OpenAI can only be about that call.
 */
public final class ResponsesSocketMeter implements SocketMeter {
    private static final Logger LOG = System.getLogger(ResponsesSocketMeter.class.getName());
    private static final String CREATED = "response.created";
    private static final int OK = 200;
    private static final long COPIES = 6;
    private static final String OVER = "The session has ended.";

    private final RequestPlanner requestPlanner;
    private final Plan.WebSocket webSocket;
    private final Quota quota;
    private final SettlementFactory settlementFactory;
    private @Nullable Turn asked;
    private @Nullable Turn running;
    private boolean over;

    /** A call and the readers of its events. */
    private record Turn(Lease lease, Settlement settlement, Tap tap, ObjectRecorder recorder) {
        /** Takes an event; false when an id in it could not be recorded. */
        boolean take(String event) {
            try (Lease copies = lease.another()) {
                // Copies of the event: on one line, framed as a server-sent event, and as bytes.
                copies.require(Use.RESPONSE, COPIES * event.length());
                return take(event, copies);
            }
        }

        private boolean take(String event, Lease tree) {
            boolean oneLine = event.indexOf('\n') < 0;
            String line = oneLine ? event : SocketEvent.whole(event, tree).toString();
            byte[] bytes = ("data: " + line + "\n\n").getBytes(UTF_8);
            settlement.bodyRecorder().add(bytes, bytes.length);
            tap.pass(ByteBuffer.wrap(bytes));
            ByteBuffer shown = ByteBuffer.wrap(bytes);
            return tap.isFinal() ? recorder.recordAll(List.of(shown)) : recorder.record(shown);
        }

        /** Charges the usage of its events; false when the charge is not durable. */
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

        /** Charges the part that was seen, after OpenAI has ended the session. */
        void cut() {
            try (lease;
                    settlement) {
                settlement.deferOrChargeSeen(tap.reading(), "the connection to OpenAI was lost", 0);
            }
        }

        /** Charges the hold, since the client left and the rest was not read. */
        void estimate() {
            try (lease;
                    settlement) {
                settlement.estimate("the session ended before OpenAI stated the usage", 0);
            }
        }
    }

    public ResponsesSocketMeter(
            RequestPlanner requestPlanner,
            Plan.WebSocket webSocket,
            Quota quota,
            SettlementFactory settlementFactory) {
        this.requestPlanner = requestPlanner;
        this.webSocket = webSocket;
        this.quota = quota;
        this.settlementFactory = settlementFactory;
    }

    @Override
    public MessageAction heard(WebSocketMessage message) {
        return SocketEvent.read(message, webSocket.lease(), event -> heard(message, event));
    }

    private MessageAction heard(WebSocketMessage message, JsonNode event) {
        if (!(message instanceof WebSocketMessage.Text said)
                || !event.path("type").asText().equals("response.create")) {
            throw malformed("This proxy does not know this event.", "type");
        }
        if (event.has("stream_id")) {
            throw malformed("This proxy runs one response at a time on a WebSocket.", "stream_id");
        }
        if (event.has("response")) {
            throw malformed("Put the response's settings directly into the event.", "response");
        }
        requireIdle();
        Lease lease = webSocket.lease().another();
        boolean begun = false;
        try {
            MessageAction action = create(said.text(), lease);
            begun = true;
            return action;
        } finally {
            if (!begun) {
                lease.close();
            }
        }
    }

    /**
     * Refuses a second response. OpenAI runs one at a time, and with two its error would not say
     * which one it refuses.
     */
    private synchronized void requireIdle() {
        if (over) {
            throw malformed(OVER, null);
        }
        if (running != null || asked != null) {
            throw malformed("A response is in progress. Request the next one after it ends.", null);
        }
    }

    /**
     * Plans a response and holds its cost. Takes the memory for the message as bytes, edited, and
     * as text again before the hold. Holds without the lock: a hold may wait, and OpenAI's messages
     * must be read meanwhile.
     */
    private MessageAction create(String text, Lease lease) {
        lease.require(Use.SOCKET_MESSAGE, COPIES * text.length());
        Plan.Metered plan = requestPlanner.planResponse(webSocket, text.getBytes(UTF_8));
        if (plan.request().facts().flow().background()) {
            throw malformed("A WebSocket cannot carry background responses.", "background");
        }
        GrantedHold granted = quota.ask(plan.request());
        Settlement settlement = settlementFactory.open(plan, granted.hold(), lease);
        Tap tap = Taps.responseStream(ResponseTerms.of(plan.request().facts()), lease);
        boolean queued = false;
        try {
            byte[] body = BodyEdit.of(plan, granted, "").body();
            settlement.bodyRecorder().sent(body);
            queued = queue(new Turn(lease, settlement, tap, plan.recorder()));
            if (!queued) {
                throw malformed(OVER, null);
            }
            return new MessageAction.Pass(new WebSocketMessage.Text(new String(body, UTF_8)));
        } finally {
            if (!queued) {
                try (settlement) {
                    settlement.release("the request was not sent", OK);
                }
            }
        }
    }

    /** Notes the requested call; false when the session has ended meanwhile. */
    private synchronized boolean queue(Turn turn) {
        asked = over ? asked : turn;
        return !over;
    }

    @Override
    public synchronized MessageAction told(WebSocketMessage webSocketMessage) {
        return webSocketMessage instanceof WebSocketMessage.Text said
                ? told(said)
                : new MessageAction.Pass(webSocketMessage);
    }

    private MessageAction told(WebSocketMessage.Text message) {
        String type = SocketEvent.type(message.text());
        boolean durable = true;
        Usd cost = null;
        if (type.equals(CREATED)) {
            durable = begin();
            if (running == null) {
                Alarms.raise(LOG, "uncharged", "key={0}", webSocket.key().id());
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
            return new MessageAction.Stop(new Refusal.NotRecorded(), null);
        }
        return new MessageAction.Pass(message, cost);
    }

    /**
     * Starts the requested call. OpenAI sends nothing more for an earlier one that has not ended.
     */
    private boolean begin() {
        boolean durable = running == null || running.settle();
        running = asked;
        asked = null;
        return durable;
    }

    @Override
    public synchronized void left() {
        over = true;
    }

    @Override
    public synchronized boolean isOwing() {
        return running != null || asked != null;
    }

    @Override
    public synchronized void end() {
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
    }
}
