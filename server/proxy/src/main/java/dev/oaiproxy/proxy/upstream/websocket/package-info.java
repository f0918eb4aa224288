/**
 * The WebSocket client to OpenAI.
 *
 * <p>Entry type: {@code WebSocketClient}, which opens an {@code UpstreamWebSocket} with our secret.
 * It must never know what a message means.
 */
@NullMarked
package dev.oaiproxy.proxy.upstream.websocket;

import org.jspecify.annotations.NullMarked;
