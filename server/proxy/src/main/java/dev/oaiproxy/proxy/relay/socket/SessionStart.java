package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.proxy.relay.exchange.Refusal;

/** Whether a conversation may begin. */
sealed interface SessionStart {
    record Begun(SocketMeter meter) implements SessionStart {}

    record Refused(Refusal why) implements SessionStart {}
}
