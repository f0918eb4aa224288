/**
 * Decides what is done with a request, before anything is spent.
 *
 * <p>Entry type: {@code RequestPlanner}, which finds key, operation, facts, owners and price, and
 * gives a {@code Plan} or a refusal. It must never call OpenAI for more than the free look at an
 * input file.
 */
@NullMarked
package dev.oaiproxy.proxy.relay.plan;

import org.jspecify.annotations.NullMarked;
