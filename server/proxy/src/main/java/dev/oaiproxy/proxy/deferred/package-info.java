/**
 * Settles calls whose cost OpenAI tells later: background responses, batches, fine-tuning.
 *
 * <p>Entry type: {@code DeferredSettler}, which asks until a call has ended and charges what its
 * queries read. It must never end a call twice.
 */
@NullMarked
package dev.oaiproxy.proxy.deferred;

import org.jspecify.annotations.NullMarked;
