/**
 * The two ends of a call: the client's request and response, and the request to OpenAI.
 *
 * <p>Entry types: {@code ProxyRequest} and {@code ClientExchange}; {@code Refusal} states why a
 * call gets no response from OpenAI. It must never decide about money.
 */
@NullMarked
package dev.oaiproxy.proxy.relay.exchange;

import org.jspecify.annotations.NullMarked;
