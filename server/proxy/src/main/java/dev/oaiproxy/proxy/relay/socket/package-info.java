/**
 * Conversations over WebSockets.
 *
 * <p>Entry type: {@code WebSocketRelay}. A {@code WebSocketSession} carries the messages, each
 * through the {@code SocketMeter} of its operation, which holds before OpenAI is asked and charges
 * before the client is told. It must never forward an event that it does not know from the client.
 */
@NullMarked
package dev.oaiproxy.proxy.relay.socket;

import org.jspecify.annotations.NullMarked;
