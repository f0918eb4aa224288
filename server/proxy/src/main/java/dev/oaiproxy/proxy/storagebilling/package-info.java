/**
 * Charges for what OpenAI keeps while it keeps it: containers and vector stores.
 *
 * <p>Entry type: {@code StorageBilling}. It must never let a resource be kept that nobody pays for.
 */
@NullMarked
package dev.oaiproxy.proxy.storagebilling;

import org.jspecify.annotations.NullMarked;
