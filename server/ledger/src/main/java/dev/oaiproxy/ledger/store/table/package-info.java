/**
 * The tables beside the calls: keys, quotas, owned objects, recorded bodies, pending settlements,
 * recurring charges and admin events.
 *
 * <p>Entry type: one class for each table. It must never change what an account has spent or holds;
 * {@code store.write} does.
 */
@NullMarked
package dev.oaiproxy.ledger.store.table;

import org.jspecify.annotations.NullMarked;
