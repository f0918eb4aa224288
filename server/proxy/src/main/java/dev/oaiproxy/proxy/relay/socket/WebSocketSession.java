package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.base.alarm.FatalErrors;
import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.relay.call.ResponseDrainer;
import dev.oaiproxy.proxy.relay.call.UsageEndFinder;
import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.websocket.UpstreamWebSocket;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import java.lang.System.Logger;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages between a client and OpenAI until one of them, or the meter, ends the session.
 * The calling thread reads the client's messages and another thread reads OpenAI's. Each waits
 * until the other side has taken a message before it reads the next.
 */
final class WebSocketSession {
    private static final Logger LOG = System.getLogger(WebSocketSession.class.getName());
    private static final int POLICY = 1008;
    private static final int BROKEN = 1011;
    private static final int TRY_AGAIN_LATER = 1013;

    /** Memory for a copy of an event, whose characters have two bytes. */
    private static final long BYTES_PER_CHARACTER = 4;

    /** The time in which a client must answer the close frame. */
    private static final long FAREWELL_SECONDS = 5;

    private final SocketMeter meter;
    private final Optional<WebSocketMessage> first;
    private final UpstreamWebSocket openAi;
    private final ClientWebSocket client;
    private final ResponseDrainer responseDrainer;
    private final @Nullable Lease costCopies;
    private final AtomicBoolean gone = new AtomicBoolean();
    private final CountDownLatch silent = new CountDownLatch(1);
    private volatile boolean stopped;
    private volatile WebSocketMessage.@Nullable Closed ownEnd;
    private boolean draining;

    /** True when OpenAI had stated every cost before its side ended. */
    private volatile boolean wasRead;

    private @Nullable Future<?> alarm;

    /**
     * @param first a message to send in the client's name before its own messages
     * @param costCopies the memory for events with their cost; null for a client that has not asked
     *     for costs
     */
    WebSocketSession(
            SocketMeter meter,
            Optional<WebSocketMessage> first,
            UpstreamWebSocket openAi,
            ClientWebSocket client,
            ResponseDrainer responseDrainer,
            @Nullable Lease costCopies) {
        this.meter = meter;
        this.first = first;
        this.openAi = openAi;
        this.client = client;
        this.responseDrainer = responseDrainer;
        this.costCopies = costCopies;
    }

    /** Returns when both sides have ended and all is charged. */
    void run() {
        Thread ear = Thread.ofVirtual().name("openai-reader").start(this::listen);
        speak();
        silent.countDown();
        boolean interrupted = false;
        while (true) {
            try {
                ear.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        endDrain();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void speak() {
        try {
            if (first.isPresent()) {
                hear(first.get());
            }
            WebSocketMessage message = client.receive();
            while (!(message instanceof WebSocketMessage.Closed)) {
                hear(message);
                message = client.receive();
            }
            // The close frame was answered: nothing more comes from either side.
            client.close();
        } catch (ClientGoneException | UpstreamException ended) {
            // The other thread tells the side that is still there.
        } catch (NoRoomException e) {
            ownEnd = new WebSocketMessage.Closed(TRY_AGAIN_LATER, NoRoomException.MESSAGE);
            hangUpUnlessOwing();
        } catch (RuntimeException | Error unexpected) {
            FatalErrors.report(unexpected);
            Alarms.raise(LOG, "websocket_session_failed", unexpected);
        }
        left();
        client.linger();
    }

    private void hear(WebSocketMessage message) throws ClientGoneException, UpstreamException {
        switch (meter.heard(message)) {
            case MessageAction.First first -> {
                openAi.send(first.other());
                hear(message);
            }
            case MessageAction.Drop _ -> {}
            case MessageAction.Pass pass -> openAi.send(pass.message());
            case MessageAction.Deny deny -> client.object(deny.why(), deny.eventId());
            case MessageAction.Stop stop -> {
                client.object(stop.why(), null);
                stopped = true;
                hangUpUnlessOwing();
            }
        }
    }

    /** Closes OpenAI's side unless OpenAI has yet to state a cost. */
    private void hangUpUnlessOwing() {
        if (!meter.isOwing()) {
            openAi.close();
        }
    }

    /**
     * Notes that the client has left. From here on, only costs that OpenAI has yet to state are
     * read, within bounds.
     */
    private void left() {
        if (!gone.compareAndSet(false, true)) {
            return;
        }
        meter.left();
        boolean owing = meter.isOwing();
        draining = owing && responseDrainer.enter();
        if (draining) {
            alarm = responseDrainer.whenOver(openAi::close);
            hangUpUnlessOwing();
            return;
        }
        if (owing) {
            responseDrainer.ended(ResponseDrainer.End.LEFT);
        }
        openAi.close();
    }

    private void listen() {
        WebSocketMessage.Closed farewell =
                new WebSocketMessage.Closed(BROKEN, "The connection to OpenAI was lost.");
        try {
            farewell = hear();
        } catch (UpstreamException broken) {
            // The connection broke, or this side has ended it.
        } catch (NoRoomException e) {
            farewell = new WebSocketMessage.Closed(TRY_AGAIN_LATER, NoRoomException.MESSAGE);
        } catch (RuntimeException | Error unexpected) {
            FatalErrors.report(unexpected);
            Alarms.raise(LOG, "websocket_session_failed", unexpected);
        } finally {
            wasRead = !meter.isOwing();
            meter.end();
            openAi.close();
            leave(ending(farewell));
        }
    }

    private WebSocketMessage.Closed ending(WebSocketMessage.Closed farewell) {
        WebSocketMessage.Closed own = ownEnd;
        if (own != null) {
            return own;
        }
        return stopped
                ? new WebSocketMessage.Closed(
                        POLICY, "The proxy ended the session; the last error event says why.")
                : farewell;
    }

    private WebSocketMessage.Closed hear() throws UpstreamException {
        long swallowed = 0;
        WebSocketMessage message = openAi.receive();
        while (!(message instanceof WebSocketMessage.Closed closed)) {
            tell(meter.told(message));
            swallowed += gone.get() ? size(message) : 0;
            boolean wanted = !gone.get() && !stopped;
            if (!wanted && (!meter.isOwing() || swallowed > responseDrainer.mostBytes())) {
                return new WebSocketMessage.Closed(POLICY, "");
            }
            message = openAi.receive();
        }
        return closed;
    }

    private static long size(WebSocketMessage message) {
        return switch (message) {
            case WebSocketMessage.Text said -> said.text().length();
            case WebSocketMessage.Binary sent -> sent.bytes().length;
            case WebSocketMessage.Closed _ -> 0;
        };
    }

    private void tell(MessageAction action) {
        if (gone.get()) {
            return;
        }
        try {
            switch (action) {
                case MessageAction.First _, MessageAction.Drop _ -> {}
                case MessageAction.Pass pass -> client.send(shown(pass.message(), pass.cost()));
                case MessageAction.Deny deny -> client.object(deny.why(), deny.eventId());
                case MessageAction.Stop stop -> {
                    if (stop.message() != null) {
                        client.send(shown(stop.message(), stop.cost()));
                    }
                    client.object(stop.why(), null);
                    stopped = true;
                }
            }
        } catch (ClientGoneException e) {
            client.close();
            left();
        }
    }

    /** Adds a cost to the usage of an event. Without room for a copy, the event stays as it is. */
    private WebSocketMessage shown(WebSocketMessage message, @Nullable Usd cost) {
        if (costCopies == null
                || cost == null
                || !(message instanceof WebSocketMessage.Text said)) {
            return message;
        }
        try (Lease copy = costCopies.another()) {
            return copy.take(Use.RESPONSE, BYTES_PER_CHARACTER * said.text().length())
                    ? new WebSocketMessage.Text(
                            UsageEndFinder.withCost(said.text(), cost.toString()))
                    : message;
        }
    }

    /** Ends the drain, after both threads have ended and neither can begin another one. */
    private void endDrain() {
        Future<?> set = alarm;
        if (set != null) {
            set.cancel(false);
        }
        if (draining) {
            responseDrainer.ended(wasRead ? ResponseDrainer.End.READ : ResponseDrainer.End.CUT);
            responseDrainer.leave();
        }
    }

    private void leave(WebSocketMessage.Closed farewell) {
        try {
            client.send(farewell);
            if (!silent.await(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
                client.close();
            }
        } catch (ClientGoneException | InterruptedException e) {
            client.close();
        }
    }
}
