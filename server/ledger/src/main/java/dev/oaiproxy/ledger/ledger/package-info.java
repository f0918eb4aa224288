/**
 * The records of the ledger: calls, accounts, periods, and the states that a call goes through.
 *
 * <p>Entry type: {@code Ledger}. A call is one row, held before OpenAI is called and ended exactly
 * once; a correction is a new row. It must never know how rows are stored.
 */
@NullMarked
package dev.oaiproxy.ledger.ledger;

import org.jspecify.annotations.NullMarked;
