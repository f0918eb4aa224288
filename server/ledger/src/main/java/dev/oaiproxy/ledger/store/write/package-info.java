/**
 * The one thread that writes, and everything that moves money: holds, settlements, accounts and
 * roll-ups.
 *
 * <p>Entry types: {@code Writer} commits whatever is waiting in one transaction; {@code SqlLedger}
 * holds and settles calls. A balance is changed only through the unit of work, under the lock of
 * all writers, and only if its row is still what was read. It must never flush the unit of work on
 * behalf of a read.
 */
@NullMarked
package dev.oaiproxy.ledger.store.write;

import org.jspecify.annotations.NullMarked;
