/**
 * What OpenAI bills later: responses in the background, batches, and what costs while it is kept.
 *
 * <p>Entry type: {@code Settler}. It lives on what is written down, so it goes on where a dead
 * process stopped. It must never end a call but by the ledger, which ends each once.
 */
@NullMarked
package dev.oaiproxy.proxy.settle;

import org.jspecify.annotations.NullMarked;
