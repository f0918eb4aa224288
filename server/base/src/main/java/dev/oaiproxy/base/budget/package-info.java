/**
 * How many bytes the server holds for its clients, over all of them: {@link
 * dev.oaiproxy.base.budget.ByteBudget} is the counter, and whoever keeps bytes that a peer can make
 * grow takes them from a {@link dev.oaiproxy.base.budget.Lease} of it first.
 *
 * <p>It never blocks: what does not fit is refused, cut or left unread by the one who asked. It
 * knows nothing of calls, keys or sockets.
 */
@NullMarked
package dev.oaiproxy.base.budget;

import org.jspecify.annotations.NullMarked;
