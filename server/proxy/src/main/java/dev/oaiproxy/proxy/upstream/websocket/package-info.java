/**
 * The WebSocket client to OpenAI.
 *
 * <p>Entry type: {@code WebSocketClient}, which opens an {@code UpstreamWebSocket} with our secret.
 * It must never interpret a message.
 */
@NullMarked
package dev.oaiproxy.proxy.upstream.websocket;

import org.jspecify.annotations.NullMarked;
