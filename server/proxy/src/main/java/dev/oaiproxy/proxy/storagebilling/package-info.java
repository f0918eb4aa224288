/**
 * Charges for containers and vector stores as long as OpenAI keeps them.
 *
 * <p>Entry type: {@code StorageBilling}. It must never leave a resource at OpenAI that nobody pays
 * for.
 */
@NullMarked
package dev.oaiproxy.proxy.storagebilling;

import org.jspecify.annotations.NullMarked;
