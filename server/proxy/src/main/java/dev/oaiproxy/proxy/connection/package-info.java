/**
 * Client connections below HTTP: the bytes that may arrive on them, their speed, and the number of
 * connections.
 *
 * <p>Entry type: {@code ConnectionGuard}, which stands between Helidon's listener and its HTTP/1.1
 * connections. Helidon sees only requests whose framing is sound and bounded. A client that is too
 * slow, or one too many, is cut off. It must never look into a body.
 */
@NullMarked
package dev.oaiproxy.proxy.connection;

import org.jspecify.annotations.NullMarked;
