/**
 * {@code oaiproxy db}: back up the database or copy it to another one.
 *
 * <p>{@link DatabaseCommand} is the entry. The server's own code does the work; nothing here knows
 * SQL.
 */
@NullMarked
package dev.oaiproxy.cli.command.database;

import org.jspecify.annotations.NullMarked;
