/**
 * Calls that cost nothing.
 *
 * <p>Entry types: {@code FreeCall}, and {@code ListCall} for lists, of which a user sees only the
 * user's own objects. It must never carry a metered call.
 */
@NullMarked
package dev.oaiproxy.proxy.relay.free;

import org.jspecify.annotations.NullMarked;
