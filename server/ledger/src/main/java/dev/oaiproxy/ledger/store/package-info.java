/**
 * The database of an installation, opened.
 *
 * <p>Entry type: {@code Store}, which wires the rooms below. It must never contain SQL that a room
 * could contain. All of JDBC runs on platform threads, because a native call holds the carrier of a
 * virtual thread.
 */
@NullMarked
package dev.oaiproxy.ledger.store;

import org.jspecify.annotations.NullMarked;
