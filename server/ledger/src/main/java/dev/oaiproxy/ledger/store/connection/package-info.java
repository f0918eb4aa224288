/**
 * The way to a usable database: the lock of its file, the connection check, the migrations, the
 * pools, the threads that read, and the watch over all of them.
 *
 * <p>Entry types: {@code ConnectionPools}, {@code Migrations}, {@code ReaderThreads}. It must never
 * write to a table of the ledger.
 */
@NullMarked
package dev.oaiproxy.ledger.store.connection;

import org.jspecify.annotations.NullMarked;
