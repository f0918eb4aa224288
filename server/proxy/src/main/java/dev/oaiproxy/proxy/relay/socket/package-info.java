/**
 * Sessions over WebSockets.
 *
 * <p>Entry type: {@code WebSocketRelay}. A {@code WebSocketSession} carries the messages, each
 * through the {@code SocketMeter} of its operation, which holds before a message goes to OpenAI and
 * charges before a message goes to the client. It must never forward an unknown event of the
 * client.
 */
@NullMarked
package dev.oaiproxy.proxy.relay.socket;

import org.jspecify.annotations.NullMarked;
