/**
 * Keys, their secrets and their public ids.
 *
 * <p>Entry type: {@code KeyRing}, which turns what a client presents into a caller. A secret exists
 * here only while it is made or checked; everything else knows a key by its public id. It must
 * never decide whether money may be spent: revocation and expiry are checked again by the admission
 * itself.
 */
@NullMarked
package dev.oaiproxy.ledger.key;

import org.jspecify.annotations.NullMarked;
