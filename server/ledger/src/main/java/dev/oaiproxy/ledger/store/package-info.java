/**
 * The only SQL: tables, the one thread that writes, and the few that read.
 *
 * <p>Entry type: {@code Store}. All of JDBC runs on platform threads, because a native call holds
 * the carrier of a virtual thread. Every write is a short piece of work that the writer commits
 * together with whatever else is waiting. It must never read a balance and then write it back:
 * money moves by guarded statements.
 */
@NullMarked
package dev.oaiproxy.ledger.store;

import org.jspecify.annotations.NullMarked;
