/**
 * What an account allows, and how it stands.
 *
 * <p>Entry type: {@code AccountLimits}. It must never know of a database.
 */
@NullMarked
package dev.oaiproxy.ledger.account;

import org.jspecify.annotations.NullMarked;
