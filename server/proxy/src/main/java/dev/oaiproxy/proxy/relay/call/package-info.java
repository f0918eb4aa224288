/**
 * A metered call: its response on the way to the client, and its charge.
 *
 * <p>Entry types: {@code Delivery} passes the response through a tap, {@code Settlement} ends the
 * hold in exactly one way. It must never send the last byte before the charge is durable.
 */
@NullMarked
package dev.oaiproxy.proxy.relay.call;

import org.jspecify.annotations.NullMarked;
