/**
 * The HTTP and WebSocket API for users, as OpenAI's SDKs speak it.
 *
 * <p>Entry types: {@code OpenAiRoutes} and {@code WebSocketUpgrade}. They find the key in a header
 * or in the path, hand the call to the relay, and turn refusals into OpenAI's own errors, so that
 * every SDK raises the exception that its users know. It must never reveal a key in a response, a
 * log or a forwarded path.
 */
@NullMarked
package dev.oaiproxy.proxy.openai;

import org.jspecify.annotations.NullMarked;
