/**
 * The rule of an account: its limits, its balance, and the admission of a call.
 *
 * <p>Entry type: {@code Account}. It must never know of a database.
 */
@NullMarked
package dev.oaiproxy.ledger.account;

import org.jspecify.annotations.NullMarked;
