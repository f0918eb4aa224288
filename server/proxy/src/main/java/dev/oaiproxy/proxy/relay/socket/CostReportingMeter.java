package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.relay.call.UsageScanner;
import dev.oaiproxy.proxy.upstream.websocket.WebSocketMessage;
import org.jspecify.annotations.Nullable;

/**
 * A conversation whose client has asked in its handshake for the cost: it stands in the usage of
 * each event that tells of something charged.
 *
 * @param lease what the events are taken from while they are copied
 */
record CostReportingMeter(SocketMeter socketMeter, Lease lease) implements SocketMeter {
    /** Of an event, in characters of two bytes. */
    private static final long BYTES_PER_CHARACTER = 4;

    @Override
    public MessageAction told(WebSocketMessage webSocketMessage) {
        return switch (socketMeter.told(webSocketMessage)) {
            case MessageAction.Pass pass ->
                    new MessageAction.Pass(shown(pass.webSocketMessage(), pass.cost()));
            case MessageAction.Stop stop when stop.webSocketMessage() != null ->
                    new MessageAction.Stop(stop.why(), shown(stop.webSocketMessage(), stop.cost()));
            case MessageAction other -> other;
        };
    }

    /** Where there is no room for a copy, the event is told as it is. */
    private WebSocketMessage shown(WebSocketMessage webSocketMessage, @Nullable Usd cost) {
        if (cost == null || !(webSocketMessage instanceof WebSocketMessage.Text said)) {
            return webSocketMessage;
        }
        try (Lease copy = lease.another()) {
            return copy.take(Use.RESPONSE, BYTES_PER_CHARACTER * said.text().length())
                    ? new WebSocketMessage.Text(UsageScanner.withCost(said.text(), cost.toString()))
                    : webSocketMessage;
        }
    }

    @Override
    public MessageAction heard(WebSocketMessage webSocketMessage) {
        return socketMeter.heard(webSocketMessage);
    }

    @Override
    public void left() {
        socketMeter.left();
    }

    @Override
    public boolean isOwing() {
        return socketMeter.isOwing();
    }

    @Override
    public void end() {
        socketMeter.end();
    }
}
