/**
 * Work on whole databases: copy, backup, and a look from outside.
 *
 * <p>Entry types: {@code DatabaseCopy}, {@code SqliteBackup}, {@code DatabaseProbe}. It must never
 * change the database that it reads.
 */
@NullMarked
package dev.oaiproxy.ledger.store.copy;

import org.jspecify.annotations.NullMarked;
