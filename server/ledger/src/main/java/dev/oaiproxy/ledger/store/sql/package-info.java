/**
 * Connections, statements, and what differs between SQLite, PostgreSQL, MySQL, MariaDB and SQL
 * Server.
 *
 * <p>Entry types: {@code Database} says which database it is, {@code Tx} runs statements on it. It
 * must never know a table of the ledger, except the row that all writers lock.
 */
@NullMarked
package dev.oaiproxy.ledger.store.sql;

import org.jspecify.annotations.NullMarked;
