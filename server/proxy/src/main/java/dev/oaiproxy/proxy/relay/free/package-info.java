/**
 * Calls that cost nothing.
 *
 * <p>Entry types: {@code FreeCall}, and {@code ListCall} for lists of which a user sees the own
 * objects only. It must never carry what is metered.
 */
@NullMarked
package dev.oaiproxy.proxy.relay.free;

import org.jspecify.annotations.NullMarked;
