/**
 * Settles calls whose cost OpenAI states later: background responses, batches, fine-tuning.
 *
 * <p>Entry type: {@code DeferredSettler}, which asks OpenAI until a call has ended, and charges the
 * cost that its queries read. It must never end a call twice.
 */
@NullMarked
package dev.oaiproxy.proxy.deferred;

import org.jspecify.annotations.NullMarked;
