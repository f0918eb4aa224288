/**
 * The total bytes that the server holds for its clients: {@link
 * dev.oaiproxy.base.budget.ByteBudget} is the counter, and code that keeps bytes that a peer can
 * make grow takes them from a {@link dev.oaiproxy.base.budget.Lease} of it first.
 *
 * <p>It never blocks: what does not fit is refused, cut or left unread by the caller. It knows
 * nothing of calls, keys or sockets.
 */
@NullMarked
package dev.oaiproxy.base.budget;

import org.jspecify.annotations.NullMarked;
