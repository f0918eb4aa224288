/**
 * The story of one call: who asks, what it can cost, whether that may be spent, what OpenAI
 * answers, what that cost, and what is written down.
 *
 * <p>Entry type: {@code Relay}; read it first. It knows neither sockets nor SQL, and runs in a test
 * without either. It must never let the last byte of an answer go before its charge is written
 * down.
 */
@NullMarked
package dev.oaiproxy.proxy.relay;

import org.jspecify.annotations.NullMarked;
