/**
 * The two ends of a call: what the client asks and gets, and what goes to OpenAI.
 *
 * <p>Entry types: {@code ProxyRequest} and {@code ClientExchange}; {@code Refusal} is why a call
 * gets no response of OpenAI's. It must never decide about money.
 */
@NullMarked
package dev.oaiproxy.proxy.relay.exchange;

import org.jspecify.annotations.NullMarked;
