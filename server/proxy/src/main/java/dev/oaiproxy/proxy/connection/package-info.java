/**
 * Connections of clients before HTTP is understood: what may arrive on them, how fast, and how many
 * there may be.
 *
 * <p>Entry type: {@code ConnectionGuard}, which stands between Helidon's listener and its HTTP/1.1
 * connections. Helidon sees only requests whose framing is sound and bounded; a client that is too
 * slow, or one too many, is cut off. It must never look into a body.
 */
@NullMarked
package dev.oaiproxy.proxy.connection;

import org.jspecify.annotations.NullMarked;
