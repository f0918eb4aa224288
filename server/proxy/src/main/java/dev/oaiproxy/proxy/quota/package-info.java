/**
 * Holds on quotas, and smaller holds for calls whose full hold does not fit.
 *
 * <p>Entry type: {@code Quota}, which gives a {@code Hold} that must end in exactly one way. It
 * must never let a call begin whose hold is not on the ledger.
 */
@NullMarked
package dev.oaiproxy.proxy.quota;

import org.jspecify.annotations.NullMarked;
