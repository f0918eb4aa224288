/**
 * The processes that share a database: their numbers, their heartbeats, and the calls that dead
 * ones have left.
 *
 * <p>Entry type: {@code Membership}. It must never declare a process dead that still sends
 * heartbeats.
 */
@NullMarked
package dev.oaiproxy.ledger.store.node;

import org.jspecify.annotations.NullMarked;
