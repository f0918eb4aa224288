package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.relay.call.UsageScanner;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import org.jspecify.annotations.Nullable;

/**
 * The meter of a conversation whose client asked for costs in its handshake. It adds the cost to
 * the usage of each event that caused a charge.
 *
 * @param lease the memory for copies of events
 */
record CostReportingMeter(SocketMeter meter, Lease lease) implements SocketMeter {
    /** A copy of an event has characters of two bytes. */
    private static final long BYTES_PER_CHARACTER = 4;

    @Override
    public MessageAction told(WebSocketMessage message) {
        return switch (meter.told(message)) {
            case MessageAction.Pass pass ->
                    new MessageAction.Pass(shown(pass.message(), pass.cost()));
            case MessageAction.Stop stop when stop.message() != null ->
                    new MessageAction.Stop(stop.why(), shown(stop.message(), stop.cost()));
            case MessageAction other -> other;
        };
    }

    /** Adds the cost to an event. Without room for a copy, the event stays as it is. */
    private WebSocketMessage shown(WebSocketMessage message, @Nullable Usd cost) {
        if (cost == null || !(message instanceof WebSocketMessage.Text said)) {
            return message;
        }
        try (Lease copy = lease.another()) {
            return copy.take(Use.RESPONSE, BYTES_PER_CHARACTER * said.text().length())
                    ? new WebSocketMessage.Text(UsageScanner.withCost(said.text(), cost.toString()))
                    : message;
        }
    }

    @Override
    public MessageAction heard(WebSocketMessage message) {
        return meter.heard(message);
    }

    @Override
    public void left() {
        meter.left();
    }

    @Override
    public boolean isOwing() {
        return meter.isOwing();
    }

    @Override
    public void end() {
        meter.end();
    }
}
